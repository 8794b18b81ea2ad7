using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Http1;

namespace Weir.Http.Tests.Http1;

/// <summary>The outcome of parsing a response, checked to be the same however the octets arrive.</summary>
internal sealed class ParsedResponse
{
    private ParsedResponse(ParseStatus status, RejectReason reason, int consumed, ResponseHead head, ResponseFraming framing)
    {
        Status = status;
        Reason = reason;
        Consumed = consumed;
        Head = head;
        Framing = framing;
    }

    public ParseStatus Status { get; }

    public RejectReason Reason { get; }

    public int Consumed { get; }

    public ResponseHead Head { get; }

    public ResponseFraming Framing { get; }

    /// <summary>Everything that matters, as text to compare.</summary>
    public string Digest => Status != ParseStatus.Complete
        ? $"{Status} {Reason}"
        : $"{Consumed} {Head.Status} {Head.Version} len={Head.BodyLength.Octets} {Framing.IsPersistent} {Framing.KeepAliveTimeoutSeconds}\n{Head.Fields}";

    public static ParsedResponse From(string text, RequestMethod method = RequestMethod.Get, HeadLimits? limits = null) =>
        From(Encoding.Latin1.GetBytes(text), method, limits);

    public static ParsedResponse From(byte[] input, RequestMethod method = RequestMethod.Get, HeadLimits? limits = null)
    {
        ParsedResponse whole = Whole(input, method, limits ?? HeadLimits.Default);
        ParsedResponse grown = Grown(input, method, limits ?? HeadLimits.Default);
        grown.Digest.ShouldBe(whole.Digest, "An input that grows by one octet must be judged like the whole one.");
        return whole;
    }

    public static ParsedResponse Whole(ReadOnlySpan<byte> input, RequestMethod method, HeadLimits limits)
    {
        ResponseHead head = new();
        int scanned = 0;
        ParseStatus status = ResponseHeadParser.Parse(
            input, ref scanned, head, method, limits, out int consumed, out ResponseFraming framing, out RejectReason reason);
        return new ParsedResponse(status, reason, consumed, head, framing);
    }

    public static ParsedResponse InTwo(byte[] input, RequestMethod method, HeadLimits limits, int cut)
    {
        ResponseHead head = new();
        int scanned = 0;
        ParseStatus status = ResponseHeadParser.Parse(
            input.AsSpan(0, cut), ref scanned, head, method, limits, out int consumed, out ResponseFraming framing, out RejectReason reason);
        if (status == ParseStatus.NeedMore)
        {
            status = ResponseHeadParser.Parse(input, ref scanned, head, method, limits, out consumed, out framing, out reason);
        }

        return new ParsedResponse(status, reason, consumed, head, framing);
    }

    private static ParsedResponse Grown(byte[] input, RequestMethod method, HeadLimits limits)
    {
        ResponseHead head = new();
        int scanned = 0;
        for (int length = 0; ; length++)
        {
            ParseStatus status = ResponseHeadParser.Parse(
                input.AsSpan(0, length), ref scanned, head, method, limits, out int consumed, out ResponseFraming framing, out RejectReason reason);
            if (status != ParseStatus.NeedMore || length == input.Length)
            {
                return new ParsedResponse(status, reason, consumed, head, framing);
            }

            consumed.ShouldBe(0);
        }
    }
}
