// Hot: runs over every request's path. See bench/Weir.Bench.Http.
using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Weir.Http.Http1;

/// <summary>Recognises paths that need no work: in normal form as they stand, and read alike by everybody.</summary>
internal static class PathScanner
{
    // Octets of RFC 3986 section 3.3's pchar and "/", but for "%", which may need decoding, and ";", which some origins drop.
    private static readonly SearchValues<byte> _quietOctets =
        SearchValues.Create("/ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,=:@"u8);

    private static readonly Vector128<byte> _quietByLow = LineScanner.ClassByLow(_quietOctets.Contains);

    /// <summary>
    /// The index of the first octet that is not quiet, or of the "/" that "/" or "." follows; else the length. What ends there at
    /// the end or at "?" is a path without percent-encoding, dot segments, parameters or empty segments.
    /// </summary>
    public static int EndOfQuietPath(ReadOnlySpan<byte> target)
    {
        if (!Vector128.IsHardwareAccelerated || target.Length <= Vector128<byte>.Count)
        {
            return EndOfShortPath(target, 0);
        }

        // Each step looks at 16 octets and the one behind each of them.
        ref byte start = ref MemoryMarshal.GetReference(target);
        int at = 0;
        for (; target.Length - at > Vector128<byte>.Count; at += Vector128<byte>.Count)
        {
            Vector128<byte> octets = Vector128.LoadUnsafe(ref start, (nuint)at);
            Vector128<byte> next = Vector128.LoadUnsafe(ref start, (nuint)at + 1);
            Vector128<byte> isPair = Vector128.Equals(octets, Vector128.Create((byte)'/'))
                & (Vector128.Equals(next, Vector128.Create((byte)'/')) | Vector128.Equals(next, Vector128.Create((byte)'.')));
            uint stops = LineScanner.NotInClass(octets, _quietByLow) | isPair.ExtractMostSignificantBits();
            if (stops != 0)
            {
                return at + BitOperations.TrailingZeroCount(stops);
            }
        }

        return EndOfShortPath(target, at);
    }

    private static int EndOfShortPath(ReadOnlySpan<byte> target, int at)
    {
        for (; at < target.Length; at++)
        {
            byte octet = target[at];
            if (!_quietOctets.Contains(octet) || (octet == (byte)'/' && at + 1 < target.Length && target[at + 1] is (byte)'/' or (byte)'.'))
            {
                return at;
            }
        }

        return target.Length;
    }
}
