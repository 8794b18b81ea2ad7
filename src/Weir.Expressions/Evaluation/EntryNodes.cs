// Hot: asked for each request that an expression looks at.
using System.Numerics;
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Expressions.Evaluation;

/// <summary>
/// Entries of maps. Of several entries with one name a rule sees all, one behind the other: what it looks for cannot be hidden in the
/// second.
/// </summary>
internal static class EntryNodes
{
    internal sealed class Header(bool ofResponse, byte[] name) : TextNode
    {
        private readonly KnownField _field = KnownFields.Find(name);

        // A request's cookies may come in several fields (RFC 9113 section 8.2.3), and are one list.
        private readonly bool _isCookie = KnownFields.Find(name) == KnownField.Cookie;

        public override ReadOnlySpan<byte> Evaluate(Exchange exchange)
        {
            HeaderFields fields = ofResponse ? exchange.Response.Fields : exchange.Request.Fields;
            int slot = Find(fields, 0);
            if (slot < 0)
            {
                return default;
            }

            int next = Find(fields, slot + 1);
            return next < 0 ? fields.ValueAt(slot) : Join(fields, slot);
        }

        public override string Source => (ofResponse ? "response." : "request.") + Encoding.Latin1.GetString(name).ToLowerInvariant();

        private int Find(HeaderFields fields, int from) => _field == KnownField.Other ? fields.Find(name, from) : fields.Find(_field, from);

        private ReadOnlySpan<byte> Join(HeaderFields fields, int first)
        {
            int octets = 0;
            for (int slot = first; slot >= 0; slot = Find(fields, slot + 1))
            {
                octets += fields.ValueAt(slot).Length + 2;
            }

            JoinedText joined = new(Scratch.Take(octets), _isCookie ? "; "u8 : ", "u8);
            for (int slot = first; slot >= 0; slot = Find(fields, slot + 1))
            {
                joined.Add(fields.ValueAt(slot));
            }

            return joined.Text;
        }
    }

    internal sealed class HasHeader(bool ofResponse, byte[] name) : BoolNode
    {
        public override bool Evaluate(Exchange exchange) =>
            (ofResponse ? exchange.Response.Fields : exchange.Request.Fields).Find(name) >= 0;
    }

    internal sealed class Cookie(byte[] name) : TextNode
    {
        public override ReadOnlySpan<byte> Evaluate(Exchange exchange) => Pairs.Find(exchange, MapSource.Cookies, name, out _);

        public override string Source => "cookie." + Encoding.Latin1.GetString(name);
    }

    internal sealed class HasCookie(byte[] name) : BoolNode
    {
        public override bool Evaluate(Exchange exchange)
        {
            Pairs.Find(exchange, MapSource.Cookies, name, out bool isThere);
            return isThere;
        }
    }

    internal sealed class Param(byte[] name) : TextNode
    {
        public override ReadOnlySpan<byte> Evaluate(Exchange exchange) => Pairs.Find(exchange, MapSource.Params, name, out _);

        public override string Source => "param." + Encoding.Latin1.GetString(name);
    }

    internal sealed class HasParam(byte[] name) : BoolNode
    {
        public override bool Evaluate(Exchange exchange)
        {
            Pairs.Find(exchange, MapSource.Params, name, out bool isThere);
            return isThere;
        }
    }

    internal sealed class Claim(int index) : TextNode
    {
        public override ReadOnlySpan<byte> Evaluate(Exchange exchange) => exchange.Claims is { } claims ? claims.Find(index) : default;
    }

    internal sealed class HasClaim(int index) : BoolNode
    {
        public override bool Evaluate(Exchange exchange) => exchange.Claims?.Has(index) == true;
    }

    internal sealed class HasTag(ulong tag) : BoolNode
    {
        public override bool Evaluate(Exchange exchange) => (exchange.Tags & tag) != 0;
    }

    internal sealed class Count(MapSource source) : IntNode
    {
        public override long Evaluate(Exchange exchange) => source switch
        {
            MapSource.RequestHeaders => exchange.Request.Fields.Count,
            MapSource.ResponseHeaders => exchange.Response.Fields.Count,
            MapSource.Tags => BitOperations.PopCount(exchange.Tags),
            MapSource.Claims => exchange.Claims?.Count ?? 0,
            _ => Pairs.Count(exchange, source),
        };
    }
}
