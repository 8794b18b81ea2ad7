// Hot: runs for each request that passes the stack.
using System.Text;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Codings;
using Weir.Codings.Decompression;

namespace Weir.Modules.Decompress;

/// <summary>Inflates the content of requests for the modules below and the origin, within bounds.</summary>
internal sealed class DecompressModule : IRequestModule
{
    private const string Name = "decompress";
    private const int MostLayers = 3;

    private readonly ContentCoding[] _codings;
    private readonly byte[] _accepted;
    private readonly int _mostLayers;
    private readonly DecompressionBounds _bounds;

    public DecompressModule(ContentCoding[] codings, DecompressOptions options)
    {
        _codings = codings;
        _accepted = Encoding.ASCII.GetBytes(
            string.Join(", ", codings.Select(coding => Encoding.ASCII.GetString(ContentCodings.Name(coding)))));
        _mostLayers = options.MaxLayers;
        _bounds = new DecompressionBounds
        {
            MostOctets = options.MaxSize.Octets,
            MostRatio = options.MaxRatio,
            TooLarge = ProxyErrors.BodyTooLarge,
            Broken = ProxyErrors.BadBody,
        };
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        HeaderFields fields = exchange.Request.Fields;
        if (!fields.Has(KnownField.ContentEncoding))
        {
            return new(Verdict.Continue);
        }

        Span<ContentCoding> layers = stackalloc ContentCoding[MostLayers];
        int count = Read(fields, layers[.._mostLayers]);
        if (count < 0)
        {
            // RFC 9110 section 15.5.16: what would have been understood is said with it.
            exchange.Answer(415);
            exchange.Response.Fields.Add(KnownField.AcceptEncoding, _accepted);
            exchange.Trace?.Add(Name, "415: a coding that is not inflated, or too many of them");
            return new(Verdict.Answered);
        }

        fields.Remove(KnownField.ContentEncoding);
        if (count == 0 || exchange.Request.BodyLength.IsNone)
        {
            return new(Verdict.Continue);
        }

        // RFC 9110 section 8.4: listed in the order in which they were applied.
        for (int i = count - 1; i >= 0 && !exchange.IsHypothetical; i--)
        {
            Decompressor filter = Decompressor.Make(layers[i], _bounds);
            exchange.RequestBody = FilteredBody.Open(exchange, exchange.RequestBody, filter, BodyLength.Unknown);
        }

        exchange.Request.BodyLength = BodyLength.Unknown;
        CodedFields.Forget(fields);
        exchange.Trace?.Add(Name, "inflated");
        return new(Verdict.Continue);
    }

    // How many there are; -1 when one is not to be inflated, or there are too many.
    private int Read(HeaderFields fields, Span<ContentCoding> layers)
    {
        int count = 0;
        for (int slot = fields.Find(KnownField.ContentEncoding); slot >= 0; slot = fields.Find(KnownField.ContentEncoding, slot + 1))
        {
            ReadOnlySpan<byte> list = fields.ValueAt(slot);
            while (!list.IsEmpty)
            {
                int comma = list.IndexOf((byte)',');
                ReadOnlySpan<byte> name = (comma < 0 ? list : list[..comma]).Trim(" \t"u8);
                list = comma < 0 ? default : list[(comma + 1)..];
                if (name.IsEmpty)
                {
                    continue;
                }

                if (!ContentCodings.TryParse(name, out ContentCoding coding))
                {
                    return -1;
                }

                if (coding == ContentCoding.Identity)
                {
                    continue;
                }

                if (count == layers.Length || !_codings.Contains(coding))
                {
                    return -1;
                }

                layers[count++] = coding;
            }
        }

        return count;
    }
}
