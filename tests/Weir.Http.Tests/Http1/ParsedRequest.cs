using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Http1;

namespace Weir.Http.Tests.Http1;

/// <summary>The outcome of parsing a request, checked to be the same however the octets arrive.</summary>
internal sealed class ParsedRequest
{
    private ParsedRequest(ParseStatus status, RejectReason reason, int consumed, RequestHead head, RequestFraming framing)
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

    public RequestHead Head { get; }

    public RequestFraming Framing { get; }

    /// <summary>Everything that matters, as text to compare.</summary>
    public string Digest => Status != ParseStatus.Complete
        ? $"{Status} {Reason}"
        : $"{Consumed} {Encoding.Latin1.GetString(Head.MethodToken)} {Head.Method} {Head.Version} t={Encoding.Latin1.GetString(Head.Target)} "
            + $"p={Head.PathText} q={Head.HasQuery}:{Head.QueryText} a={Encoding.Latin1.GetString(Head.Authority)} h={Head.HostText} "
            + $"{Head.Port} *={Head.IsAsterisk} len={Head.BodyLength.Octets} f={Framing.TargetForm} {Framing.IsTargetHttps} "
            + $"{Framing.HasAmbiguousPath} {Framing.IsPersistent} {Framing.ExpectsContinue} {Framing.HasUnknownExpect} "
            + $"{Framing.AcceptsTrailers} {Framing.HasUpgrade}\n{Head.Fields}";

    public static ParsedRequest From(string text, HeadLimits? limits = null) => From(Encoding.Latin1.GetBytes(text), limits);

    public static ParsedRequest From(byte[] input, HeadLimits? limits = null)
    {
        ParsedRequest whole = Whole(input, limits ?? HeadLimits.Default);
        ParsedRequest grown = Grown(input, limits ?? HeadLimits.Default);
        grown.Digest.ShouldBe(whole.Digest, "An input that grows by one octet must be judged like the whole one.");
        return whole;
    }

    public static ParsedRequest Whole(ReadOnlySpan<byte> input, HeadLimits limits)
    {
        RequestHead head = new();
        int scanned = 0;
        ParseStatus status = RequestHeadParser.Parse(
            input, ref scanned, head, limits, out int consumed, out RequestFraming framing, out RejectReason reason);
        return new ParsedRequest(status, reason, consumed, head, framing);
    }

    public static ParsedRequest InTwo(byte[] input, HeadLimits limits, int cut)
    {
        RequestHead head = new();
        int scanned = 0;
        ParseStatus status = RequestHeadParser.Parse(
            input.AsSpan(0, cut), ref scanned, head, limits, out int consumed, out RequestFraming framing, out RejectReason reason);
        if (status == ParseStatus.NeedMore)
        {
            status = RequestHeadParser.Parse(input, ref scanned, head, limits, out consumed, out framing, out reason);
        }

        return new ParsedRequest(status, reason, consumed, head, framing);
    }

    private static ParsedRequest Grown(byte[] input, HeadLimits limits)
    {
        RequestHead head = new();
        int scanned = 0;
        for (int length = 0; ; length++)
        {
            ParseStatus status = RequestHeadParser.Parse(
                input.AsSpan(0, length), ref scanned, head, limits, out int consumed, out RequestFraming framing, out RejectReason reason);
            if (status != ParseStatus.NeedMore || length == input.Length)
            {
                return new ParsedRequest(status, reason, consumed, head, framing);
            }

            consumed.ShouldBe(0);
            head.Fields.Count.ShouldBe(0);
        }
    }
}
