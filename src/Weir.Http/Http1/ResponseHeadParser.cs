// Hot: runs for every response. See bench/Weir.Bench.Http.
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Weir.Abstractions.Heads;
using Weir.Http.Fields;
using Weir.Http.Semantics;

namespace Weir.Http.Http1;

/// <summary>Reads a response's head from received octets (RFC 9112 sections 4 to 6), as strictly as a request's.</summary>
public static class ResponseHeadParser
{
    private const int VersionOctets = 8;

    // "HTTP/1.1 200": the reason phrase, and the space before it which some servers leave out with it, may be missing.
    private const int ShortestStatusLine = VersionOctets + 4;

    private static readonly ulong _connectionMask = HeaderFields.Mask(KnownField.Connection) | HeaderFields.Mask(KnownField.KeepAlive);

    /// <summary>Reads a head. The meaning of the parameters is that of <see cref="RequestHeadParser.Parse"/>.</summary>
    /// <param name="input">All octets received and not consumed, from the same start in each call for one head.</param>
    /// <param name="scanned">0 in the first call for a head; kept by the caller between calls.</param>
    /// <param name="head">A cleared head. Filled when complete, cleared otherwise.</param>
    /// <param name="requestMethod">The method that is answered: it decides whether there is content.</param>
    /// <param name="limits">The bounds.</param>
    /// <param name="consumed">Octets of the input that belong to the head, 0 unless complete.</param>
    /// <param name="framing">What the head says about message and connection.</param>
    /// <param name="reason">Why it is rejected.</param>
    public static ParseStatus Parse(
        ReadOnlySpan<byte> input,
        ref int scanned,
        ResponseHead head,
        RequestMethod requestMethod,
        in HeadLimits limits,
        out int consumed,
        out ResponseFraming framing,
        out RejectReason reason)
    {
        Unsafe.SkipInit(out framing);
        consumed = 0;
        ReadOnlySpan<byte> window = input.Length > limits.HeadOctets ? input[..limits.HeadOctets] : input;
        if (HeadScan.IsUnfinished(window, ref scanned, head.Fields, limits))
        {
            framing = default;
            return HeadScan.NeedMoreOrTooLarge(window, limits, out reason);
        }

        ParseStatus status = ParseWhole(window, ref scanned, head, requestMethod, limits, out consumed, ref framing, out reason);
        if (status == ParseStatus.Complete)
        {
            return status;
        }

        consumed = 0;
        head.Clear();
        if (status != ParseStatus.NeedMore)
        {
            return status;
        }

        framing = default;
        return HeadScan.NeedMoreOrTooLarge(window, limits, out reason);
    }

    private static ParseStatus ParseWhole(
        ReadOnlySpan<byte> input,
        ref int scanned,
        ResponseHead head,
        RequestMethod requestMethod,
        in HeadLimits limits,
        out int consumed,
        ref ResponseFraming framing,
        out RejectReason reason)
    {
        consumed = 0;
        int lineEnd = LineScanner.EndOfLine(input, 0, out int faultAt);
        if (lineEnd < 0)
        {
            bool isBroken = lineEnd == LineScanner.Broken;
            reason = isBroken ? LineScanner.FaultOf(input[faultAt]) : RejectReason.None;
            return isBroken ? ParseStatus.Rejected : ParseStatus.NeedMore;
        }

        reason = ReadStatusLine(input[..lineEnd], head);
        if (reason != RejectReason.None)
        {
            return ParseStatus.Rejected;
        }

        int position = lineEnd + 2;
        ParseStatus status = FieldLines.Read(input, ref position, 0, head.Fields, limits.FieldCount, out reason);
        if (status != ParseStatus.Complete)
        {
            scanned = position;
            return status;
        }

        head.Fields.Load(input[..position]);
        reason = MessageLength.OfResponse(head, requestMethod, out BodyLength length);
        if (reason != RejectReason.None)
        {
            return ParseStatus.Rejected;
        }

        head.BodyLength = length;
        FillFraming(head, length, ref framing);
        consumed = position;
        return ParseStatus.Complete;
    }

    private static RejectReason ReadStatusLine(ReadOnlySpan<byte> line, ResponseHead head)
    {
        if (line.Length < ShortestStatusLine)
        {
            return RejectReason.BadStatusLine;
        }

        ulong version = BinaryPrimitives.ReadUInt64LittleEndian(line);
        head.Version = HttpVersion.Http11;
        if (version != BinaryPrimitives.ReadUInt64LittleEndian("HTTP/1.1"u8))
        {
            head.Version = HttpVersion.Http10;
            if (version != BinaryPrimitives.ReadUInt64LittleEndian("HTTP/1.0"u8))
            {
                return RejectReason.BadStatusLine;
            }
        }

        if (line[VersionOctets] != (byte)' ' || (line.Length > ShortestStatusLine && line[ShortestStatusLine] != (byte)' '))
        {
            return RejectReason.BadStatusLine;
        }

        uint hundreds = (uint)line[9] - '0';
        uint tens = (uint)line[10] - '0';
        uint ones = (uint)line[11] - '0';
        if (hundreds is 0 or > 9 || tens > 9 || ones > 9)
        {
            return RejectReason.BadStatusCode;
        }

        head.Status = (int)((hundreds * 100) + (tens * 10) + ones);
        return RejectReason.None;
    }

    private static void FillFraming(ResponseHead head, BodyLength length, ref ResponseFraming framing)
    {
        framing = default;
        framing.BodyLength = length;
        framing.KeepAliveTimeoutSeconds = -1;
        bool isHttp11 = head.Version == HttpVersion.Http11;
        bool isPersistent = isHttp11;
        if (head.Fields.HasAny(_connectionMask))
        {
            ConnectionOptions options = ConnectionOptions.Read(head.Fields);
            isPersistent = !options.HasClose && (isHttp11 || options.HasKeepAlive);
            if (head.Fields.TryGet(KnownField.KeepAlive, out ReadOnlySpan<byte> keepAlive))
            {
                framing.KeepAliveTimeoutSeconds = KeepAliveField.TimeoutSeconds(keepAlive);
            }
        }

        // RFC 9110 section 15.2.2: behind a 101 the connection speaks another protocol, wanted or not.
        framing.IsPersistent = isPersistent && !length.IsUntilClose && head.Status != 101 && !MayBeFollowedByContent(head);
    }

    // A 204 has no content whatever it announces (RFC 9112 section 6.3); a server that announces some may well send it, and then
    // it would be read as the next response.
    private static bool MayBeFollowedByContent(ResponseHead head) =>
        head.Status == 204
        && (head.Fields.Has(KnownField.TransferEncoding)
            || (head.Fields.TryGet(KnownField.ContentLength, out ReadOnlySpan<byte> value) && !value.SequenceEqual("0"u8)));
}
