// Hot: runs for every head.
using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Fields;
using Weir.Http.Http1;

namespace Weir.Http.Semantics;

/// <summary>How long a message's content is (RFC 9112 section 6.3). What is doubtful is refused.</summary>
public static class MessageLength
{
    private static readonly ulong _framingMask =
        HeaderFields.Mask(KnownField.ContentLength) | HeaderFields.Mask(KnownField.TransferEncoding);

    /// <summary>The length of a request's content; repeated equal Content-Length fields become one.</summary>
    public static RejectReason OfRequest(RequestHead head, out BodyLength length)
    {
        length = BodyLength.None;
        if (!head.Fields.HasAny(_framingMask))
        {
            return RejectReason.None;
        }

        RejectReason reason = ReadFraming(head.Fields, head.Version, out length);
        if (reason != RejectReason.None || length.IsNone)
        {
            return reason;
        }

        // RFC 9110 sections 9.3.6 and 9.3.8: neither has content, and what follows would be taken for something else.
        return head.Method switch
        {
            RequestMethod.Connect => RejectReason.ContentInConnect,
            RequestMethod.Trace => RejectReason.ContentInTrace,
            _ => RejectReason.None,
        };
    }

    /// <summary>The length of a response's content; repeated equal Content-Length fields become one.</summary>
    /// <param name="head">The response.</param>
    /// <param name="requestMethod">The method it answers.</param>
    /// <param name="length">The length.</param>
    public static RejectReason OfResponse(ResponseHead head, RequestMethod requestMethod, out BodyLength length)
    {
        length = BodyLength.UntilClose;
        RejectReason reason = RejectReason.None;
        if (head.Fields.HasAny(_framingMask))
        {
            reason = ReadFraming(head.Fields, head.Version, out length);
        }

        if (reason != RejectReason.None || !NeverHasContent(head.Status, requestMethod))
        {
            return reason;
        }

        bool announcesContent = length.Octets is > 0 or -1;
        length = BodyLength.None;

        // RFC 9110 section 8.6 and RFC 9112 section 6.1 forbid it; the octets that follow would pass for the next response.
        return head.IsInterim && announcesContent ? RejectReason.ContentInInterim : RejectReason.None;
    }

    /// <summary>Whether a response has no content whatever its fields say (RFC 9112 section 6.3, rules 1 and 2).</summary>
    public static bool NeverHasContent(int status, RequestMethod requestMethod) =>
        status is < 200 or 204 or 304
        || requestMethod == RequestMethod.Head
        || (requestMethod == RequestMethod.Connect && status < 300);

    private static RejectReason ReadFraming(HeaderFields fields, HttpVersion version, out BodyLength length)
    {
        length = BodyLength.None;
        if (!fields.Has(KnownField.TransferEncoding))
        {
            RejectReason reason = ContentLength.ReadAndCollapse(fields, out long octets);
            length = BodyLength.Of(octets);
            return reason;
        }

        // RFC 9112 section 6.1: a Transfer-Encoding in HTTP/1.0 is faulty framing.
        if (version == HttpVersion.Http10)
        {
            return RejectReason.TransferEncodingInHttp10;
        }

        // RFC 9112 section 6.1: both lengths present is a smuggling attempt; we refuse rather than pick one, because readers
        // disagree on which wins.
        if (fields.Has(KnownField.ContentLength))
        {
            return RejectReason.BothLengths;
        }

        length = BodyLength.Unknown;
        int slot = fields.Find(KnownField.TransferEncoding);
        if (fields.Find(KnownField.TransferEncoding, slot + 1) >= 0)
        {
            return RejectReason.RepeatedTransferEncoding;
        }

        ReadOnlySpan<byte> value = fields.ValueAt(slot);
        return Ascii.EqualsIgnoreCase(value, "chunked"u8) ? RejectReason.None : FaultOfCodings(value);
    }

    // RFC 9112 section 6.3: the final coding must be chunked. Section 6.1: a coding that is not understood gets 501.
    private static RejectReason FaultOfCodings(ReadOnlySpan<byte> value)
    {
        bool isLastChunked = false;
        while (true)
        {
            int comma = value.IndexOf((byte)',');
            ReadOnlySpan<byte> coding = (comma < 0 ? value : value[..comma]).Trim(" \t"u8);
            if (!FieldSyntax.IsToken(coding) || isLastChunked)
            {
                return RejectReason.BadTransferEncoding;
            }

            isLastChunked = Ascii.EqualsIgnoreCase(coding, "chunked"u8);
            if (comma < 0)
            {
                return isLastChunked ? RejectReason.UnknownTransferCoding : RejectReason.BadTransferEncoding;
            }

            value = value[(comma + 1)..];
        }
    }
}
