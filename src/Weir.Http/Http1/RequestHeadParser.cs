// Hot: runs for every request. See bench/Weir.Bench.Http.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Heads;

namespace Weir.Http.Http1;

/// <summary>
/// Reads a request's head from received octets (RFC 9112 sections 2 to 6). The verdict does not depend on how the octets arrive:
/// lines are judged in order, each as soon as it is complete, and what concerns several fields last.
/// </summary>
public static class RequestHeadParser
{
    // RFC 9112 section 2.2: at least one empty line before the request line is ignored, for clients that end a body with CRLF.
    private const int EmptyLinesAllowed = 2;

    /// <summary>Reads a head.</summary>
    /// <param name="input">All octets received and not consumed, from the same start in each call for one head.</param>
    /// <param name="scanned">0 in the first call for a head; kept by the caller between calls, so that no line is read twice.</param>
    /// <param name="head">A cleared head. Filled when complete, cleared otherwise.</param>
    /// <param name="limits">The bounds.</param>
    /// <param name="consumed">Octets of the input that belong to the head, 0 unless complete.</param>
    /// <param name="framing">What the head says about message and connection.</param>
    /// <param name="reason">Why it is rejected.</param>
    public static ParseStatus Parse(
        ReadOnlySpan<byte> input,
        ref int scanned,
        RequestHead head,
        in HeadLimits limits,
        out int consumed,
        out RequestFraming framing,
        out RejectReason reason)
    {
        Unsafe.SkipInit(out framing);
        consumed = 0;
        bool isCut = input.Length > limits.HeadOctets;
        ReadOnlySpan<byte> window = isCut ? input[..limits.HeadOctets] : input;
        if (HeadScan.IsUnfinished(window, ref scanned, head.Fields, limits))
        {
            framing = default;
            return HeadScan.NeedMoreOrTooLarge(window, limits, out reason);
        }

        ParseStatus status = ParseWhole(window, ref scanned, head, limits, out consumed, ref framing, out reason);
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
        RequestHead head,
        in HeadLimits limits,
        out int consumed,
        ref RequestFraming framing,
        out RejectReason reason)
    {
        consumed = 0;
        int start = SkipEmptyLines(input);
        if (start >= input.Length)
        {
            reason = RejectReason.None;
            return ParseStatus.NeedMore;
        }

        int lineEnd = LineScanner.EndOfLine(input, start, out int faultAt);
        if (lineEnd < 0)
        {
            return JudgeUnfinishedLine(input, start, lineEnd, faultAt, limits.TargetOctets, out reason);
        }

        Unsafe.SkipInit(out RequestLine line);
        line.Target = default;
        reason = line.Read(input[start..lineEnd], limits.TargetOctets);
        if (reason != RejectReason.None)
        {
            return ParseStatus.Rejected;
        }

        int position = lineEnd + 2;
        ParseStatus status = FieldLines.Read(input, ref position, start, head.Fields, limits.FieldCount, out reason);
        if (status != ParseStatus.Complete)
        {
            scanned = position;
            return status;
        }

        head.Fields.Load(input[start..position]);
        reason = RequestHeadFiller.Fill(head, line, ref framing);
        if (reason != RejectReason.None)
        {
            return ParseStatus.Rejected;
        }

        consumed = position;
        return ParseStatus.Complete;
    }

    private static int SkipEmptyLines(ReadOnlySpan<byte> input)
    {
        int at = 0;
        for (int i = 0; i < EmptyLinesAllowed && at < input.Length && input[at] == (byte)'\r'; i++)
        {
            if (at + 1 < input.Length && input[at + 1] != (byte)'\n')
            {
                return at;
            }

            at += 2;
        }

        return at;
    }

    private static ParseStatus JudgeUnfinishedLine(
        ReadOnlySpan<byte> input, int start, int lineEnd, int faultAt, int targetLimit, out RejectReason reason)
    {
        bool isBroken = lineEnd == LineScanner.Broken;
        reason = RequestLine.CheckPartial(input[start..faultAt], targetLimit);
        if (reason == RejectReason.None && isBroken)
        {
            reason = LineScanner.FaultOf(input[faultAt]);
        }

        return reason == RejectReason.None ? ParseStatus.NeedMore : ParseStatus.Rejected;
    }
}
