// Hot: runs for every request. See bench/Weir.Bench.Http.
using System.Buffers;
using Weir.Http.Http1;

namespace Weir.Http.Semantics;

/// <summary>
/// The one form of a path that is matched, checked, keyed and forwarded: percent-encoded unreserved octets decoded, other
/// percent-encoding in upper case, dot segments removed. "%2F" stays encoded and separates nothing; "//" and ";" stay.
/// </summary>
public static class PathNormaliser
{
    // RFC 3986 section 3.3: pchar and "/", but for "%".
    private static readonly SearchValues<byte> _plainOctets =
        SearchValues.Create("/ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@"u8);

    private static readonly SearchValues<byte> _unreservedOctets =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"u8);

    /// <summary>
    /// Checks the octets of a path that is empty or begins with "/", and says whether it is in normal form as it stands. A path
    /// that is not may still be refused by <see cref="Normalise"/>.
    /// </summary>
    public static RejectReason Check(ReadOnlySpan<byte> path, out bool isNormal)
    {
        int special = path.IndexOfAnyExcept(_plainOctets);
        if (special < 0)
        {
            // "/.x" is no dot segment, but telling them apart here would cost every other path.
            isNormal = path.IndexOf("/."u8) < 0;
            return RejectReason.None;
        }

        isNormal = false;
        for (int at = special; at < path.Length; at++)
        {
            byte octet = path[at];
            if (octet == (byte)'%')
            {
                RejectReason reason = CheckEncoded(path, at);
                if (reason != RejectReason.None)
                {
                    return reason;
                }

                at += 2;
            }
            else if (!_plainOctets.Contains(octet))
            {
                return FaultOf(octet);
            }
        }

        return RejectReason.None;
    }

    /// <summary>Writes the normal form, which is never longer than the path.</summary>
    /// <param name="path">Begins with "/".</param>
    /// <param name="target">As long as the path or longer; may be the path's own memory.</param>
    /// <param name="written">Octets written, 0 when refused.</param>
    public static RejectReason Normalise(ReadOnlySpan<byte> path, Span<byte> target, out int written)
    {
        written = 0;
        if (path.IsEmpty || path[0] != (byte)'/')
        {
            return RejectReason.BadTargetForm;
        }

        int length = 0;
        int at = 0;
        while (at < path.Length)
        {
            target[length++] = (byte)'/';
            int segmentStart = length;
            at++;
            RejectReason reason = CopySegment(path, ref at, target, ref length);
            if (reason != RejectReason.None)
            {
                return reason;
            }

            if (!RemoveDots(target, segmentStart, ref length, at >= path.Length))
            {
                return RejectReason.PathAboveRoot;
            }
        }

        written = length;
        return RejectReason.None;
    }

    private static RejectReason CopySegment(ReadOnlySpan<byte> path, ref int at, Span<byte> target, ref int length)
    {
        for (; at < path.Length && path[at] != (byte)'/'; at++)
        {
            byte octet = path[at];
            if (octet != (byte)'%')
            {
                if (!_plainOctets.Contains(octet))
                {
                    return FaultOf(octet);
                }

                target[length++] = octet;
                continue;
            }

            RejectReason reason = CheckEncoded(path, at);
            if (reason != RejectReason.None)
            {
                return reason;
            }

            byte decoded = Hex.Decode(path[at + 1], path[at + 2]);
            at += 2;
            if (_unreservedOctets.Contains(decoded))
            {
                target[length++] = decoded;
                continue;
            }

            target[length++] = (byte)'%';
            target[length++] = Hex.Digit(decoded >> 4);
            target[length++] = Hex.Digit(decoded & 15);
        }

        return RejectReason.None;
    }

    // RFC 3986 section 5.2.4, but a ".." that has nothing to remove is refused: who sends it hopes that some reader goes there.
    private static bool RemoveDots(Span<byte> target, int segmentStart, ref int length, bool isLast)
    {
        ReadOnlySpan<byte> segment = target[segmentStart..length];
        if (segment.Length is 0 or > 2 || segment[0] != (byte)'.' || segment[^1] != (byte)'.')
        {
            return true;
        }

        int slash = segmentStart - 1;
        if (segment.Length == 2)
        {
            if (slash == 0)
            {
                return false;
            }

            slash = target[..slash].LastIndexOf((byte)'/');
        }

        // The next segment brings its own slash; the last one leaves this one.
        length = isLast ? slash + 1 : slash;
        return true;
    }

    private static RejectReason CheckEncoded(ReadOnlySpan<byte> path, int percent)
    {
        if (percent + 2 >= path.Length || !Hex.IsDigit(path[percent + 1]) || !Hex.IsDigit(path[percent + 2]))
        {
            return RejectReason.BadPercentEncoding;
        }

        byte decoded = Hex.Decode(path[percent + 1], path[percent + 2]);
        if (decoded is < 0x20 or 0x7F)
        {
            return RejectReason.EncodedControlOctet;
        }

        return decoded == (byte)'\\' ? RejectReason.BackslashInPath : RejectReason.None;
    }

    private static RejectReason FaultOf(byte octet) => octet switch
    {
        (byte)'\\' => RejectReason.BackslashInPath,
        (byte)'#' => RejectReason.FragmentInTarget,
        _ => RejectReason.BadPathOctet,
    };
}
