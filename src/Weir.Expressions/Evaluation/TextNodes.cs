// Hot: asked for each request that an expression looks at.
using System.Buffers.Text;
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Expressions.Matching;

namespace Weir.Expressions.Evaluation;

/// <summary>What is made of texts, and what is asked of them.</summary>
internal static class TextNodes
{
    internal sealed class StartsWith(TextNode text, TextNode start) : BoolNode
    {
        public override bool Evaluate(Exchange exchange) => text.Evaluate(exchange).StartsWith(start.Evaluate(exchange));

        public override Literal[]? Hints =>
            start is ConstantNodes.Text { Value: var octets } ? Literal.Of(text, octets, LiteralPlace.Start) : null;
    }

    internal sealed class EndsWith(TextNode text, TextNode end) : BoolNode
    {
        public override bool Evaluate(Exchange exchange) => text.Evaluate(exchange).EndsWith(end.Evaluate(exchange));

        public override Literal[]? Hints =>
            end is ConstantNodes.Text { Value: var octets } ? Literal.Of(text, octets, LiteralPlace.End) : null;
    }

    internal sealed class Contains(TextNode text, byte[] part) : BoolNode
    {
        public override bool Evaluate(Exchange exchange) => text.Evaluate(exchange).IndexOf(part) >= 0;

        public override Literal[]? Hints => Literal.Of(text, part, LiteralPlace.Anywhere);
    }

    internal sealed class Size(TextNode text) : IntNode
    {
        public override long Evaluate(Exchange exchange) => text.Evaluate(exchange).Length;
    }

    internal sealed class IsThere(TextNode text) : BoolNode
    {
        public override bool Evaluate(Exchange exchange) => !text.Evaluate(exchange).IsEmpty;
    }

    internal sealed class Lower(TextNode text) : TextNode
    {
        public override string? Source => text.Source is { } source ? "lower " + source : null;

        public override ReadOnlySpan<byte> Evaluate(Exchange exchange)
        {
            ReadOnlySpan<byte> from = text.Evaluate(exchange);
            if (!from.ContainsAnyInRange((byte)'A', (byte)'Z'))
            {
                return from;
            }

            Span<byte> to = Scratch.Take(from.Length);
            for (int i = 0; i < from.Length; i++)
            {
                to[i] = char.IsAsciiLetterUpper((char)from[i]) ? (byte)(from[i] | 0x20) : from[i];
            }

            return to;
        }
    }

    internal sealed class Upper(TextNode text) : TextNode
    {
        public override string? Source => text.Source is { } source ? "upper " + source : null;

        public override ReadOnlySpan<byte> Evaluate(Exchange exchange)
        {
            ReadOnlySpan<byte> from = text.Evaluate(exchange);
            Span<byte> to = Scratch.Take(from.Length);
            for (int i = 0; i < from.Length; i++)
            {
                to[i] = char.IsAsciiLetterLower((char)from[i]) ? (byte)(from[i] & ~0x20) : from[i];
            }

            return to;
        }
    }

    internal sealed class Join(TextNode left, TextNode right) : TextNode
    {
        public override ReadOnlySpan<byte> Evaluate(Exchange exchange)
        {
            ReadOnlySpan<byte> first = left.Evaluate(exchange);
            ReadOnlySpan<byte> second = right.Evaluate(exchange);
            Span<byte> whole = Scratch.Take(first.Length + second.Length);
            first.CopyTo(whole);
            second.CopyTo(whole[first.Length..]);
            return whole;
        }
    }

    internal sealed class OfInt(IntNode number) : TextNode
    {
        private const int MostDigits = 20;

        public override ReadOnlySpan<byte> Evaluate(Exchange exchange)
        {
            Span<byte> room = Scratch.Take(MostDigits);
            Utf8Formatter.TryFormat(number.Evaluate(exchange), room, out int written);
            return room[..written];
        }
    }

    internal sealed class OfAddress(AddressNode address) : TextNode
    {
        public override ReadOnlySpan<byte> Evaluate(Exchange exchange)
        {
            Span<byte> room = Scratch.Take(IpAddress.MaxTextOctets);
            return room[..address.Evaluate(exchange).Format(room)];
        }
    }

    internal static byte[] Octets(string text) => Encoding.UTF8.GetBytes(text);
}
