// Hot: asked for every request with content.
using System.Text;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Codings;
using Weir.Codings.Compression;
using Weir.Codings.Negotiation;

namespace Weir.Pipeline.Forwarding;

/// <summary>
/// Compresses the content of requests on its way to an upstream that is known to read it. What is sent again is what was sent first.
/// </summary>
internal static class RequestCompression
{
    private const int LeastOctets = 1024;

    private static readonly ContentTypes _types = ContentTypes.Of(ContentTypes.Compressible, out _)!;

    // Of the process: beyond it requests go as they are.
    private static readonly EncoderMemory _memory = new(256L << 20);

    /// <summary>Puts a compressor in front of the content, where that helps.</summary>
    public static void Open(Exchange exchange, ContentCoding coding)
    {
        RequestHead request = exchange.Request;
        HeaderFields fields = request.Fields;
        BodyLength length = request.BodyLength;
        // RFC 9111 section 5.2.1.6: no-transform.
        if (length.IsNone || (length.IsKnown && length.Octets < LeastOctets) || fields.Has(KnownField.ContentEncoding)
            || fields.Has(KnownField.ContentRange)
            || !fields.TryGet(KnownField.ContentType, out ReadOnlySpan<byte> type) || !_types.Has(type)
            || FieldLists.Has(fields, KnownField.CacheControl, "no-transform"u8))
        {
            return;
        }

        int level = coding switch
        {
            ContentCoding.Gzip => 5,
            ContentCoding.Brotli => 4,
            _ => 3,
        };
        if (!exchange.IsHypothetical)
        {
            Compressor? filter = Compressor.TryMake(coding, level, isFlushing: !length.IsKnown, _memory);
            if (filter is null)
            {
                return;
            }

            exchange.RequestBody = FilteredBody.Open(exchange, exchange.RequestBody, filter, BodyLength.Unknown);
        }

        request.BodyLength = BodyLength.Unknown;
        CodedFields.Forget(fields);
        fields.Add(KnownField.ContentEncoding, ContentCodings.Name(coding));
        exchange.Trace?.Add("compress_requests", Encoding.ASCII.GetString(ContentCodings.Name(coding)));
    }
}
