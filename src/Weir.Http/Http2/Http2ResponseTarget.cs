// Hot: takes every field of every HTTP/2 response. See bench/Weir.Bench.Http.
using Weir.Abstractions.Heads;
using Weir.Http.Hpack;
using Weir.Http.Http1;
using Weir.Http.Semantics;

namespace Weir.Http.Http2;

/// <summary>
/// Makes a response's head of its decoded fields (RFC 9113 section 8.3.2), and judges it: nothing passes that could become another message
/// when it is written as HTTP/1.1. Reused for one block after the other; a connection needs one.
/// </summary>
public sealed class Http2ResponseTarget : Http2HeadTarget
{
    private const int StatusDigits = 3;

    private ResponseHead _head = null!;

    /// <summary>Begins with a cleared head.</summary>
    public void Begin(ResponseHead head, in HeadLimits limits)
    {
        _head = head;
        Begin(head.Fields, limits);
    }

    /// <summary>Judges the whole, and fills the head's length.</summary>
    /// <param name="method">The method that is answered; <see cref="RequestMethod.Connect"/> for an extended CONNECT.</param>
    /// <param name="isEnd">Whether the origin has ended the stream with this head.</param>
    public RejectReason Finish(RequestMethod method, bool isEnd)
    {
        Fault ??= Reason == RejectReason.None ? FaultOfStatus(isEnd) : null;
        if (Fault is not null)
        {
            return RejectReason.MalformedHttp2;
        }

        if (Reason != RejectReason.None)
        {
            return Reason;
        }

        _head.Version = HttpVersion.Http2;
        RejectReason reason = MessageLength.OfResponse(_head, method, out BodyLength length);
        if (reason != RejectReason.None)
        {
            return reason;
        }

        if (length.IsUntilClose)
        {
            length = isEnd ? BodyLength.None : BodyLength.Unknown;
        }

        if (isEnd && !length.IsNone)
        {
            // RFC 9113 section 8.1.1.
            Fault = "no content where Content-Length announces some";
            return RejectReason.MalformedHttp2;
        }

        _head.BodyLength = length;
        return RejectReason.None;
    }

    private protected override string? TakePseudo(in HpackField field)
    {
        ReadOnlySpan<byte> value = field.Value;
        string? fault = field.Pseudo != PseudoField.Status ? "a pseudo-field that no response has"
            : _head.Status != 0 ? "a pseudo-field twice"
            : value.Length != StatusDigits || value.ContainsAnyExceptInRange((byte)'0', (byte)'9') || value[0] == (byte)'0'
                ? "a :status that is not three digits" : null;
        if (fault is null)
        {
            _head.Status = ((value[0] - '0') * 100) + ((value[1] - '0') * 10) + (value[2] - '0');
        }

        return fault;
    }

    private string? FaultOfStatus(bool isEnd) =>
        _head.Status == 0 ? "no :status"

        // RFC 9113 section 8.6: HTTP/2 has no 101, and no message ends with an interim head (section 8.1).
        : _head.Status == 101 ? "a 101, which HTTP/2 does not have"
        : isEnd && _head.IsInterim ? "an interim answer that ends its stream" : null;
}
