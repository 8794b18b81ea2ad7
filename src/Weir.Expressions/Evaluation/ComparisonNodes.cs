// Hot: asked for each request that an expression looks at.
using Weir.Abstractions.Exchanges;
using Weir.Expressions.Matching;

namespace Weir.Expressions.Evaluation;

/// <summary>Equality and order; "is not" is the negation of "is".</summary>
internal static class ComparisonNodes
{
    internal sealed class SameText(TextNode left, TextNode right) : BoolNode
    {
        public override bool Evaluate(Exchange exchange) => left.Evaluate(exchange).SequenceEqual(right.Evaluate(exchange));
    }

    internal sealed class IsText(TextNode left, byte[] right) : BoolNode
    {
        public override bool Evaluate(Exchange exchange) => left.Evaluate(exchange).SequenceEqual(right);

        public override Literal[]? Hints => Literal.Of(left, right, LiteralPlace.Start);
    }

    internal sealed class SameInt(IntNode left, IntNode right) : BoolNode
    {
        public override bool Evaluate(Exchange exchange) => left.Evaluate(exchange) == right.Evaluate(exchange);
    }

    internal sealed class SameBool(BoolNode left, BoolNode right) : BoolNode
    {
        public override bool Evaluate(Exchange exchange) => left.Evaluate(exchange) == right.Evaluate(exchange);
    }

    internal sealed class SameAddress(AddressNode left, AddressNode right) : BoolNode
    {
        public override bool Evaluate(Exchange exchange) => left.Evaluate(exchange) == right.Evaluate(exchange);
    }

    internal sealed class IsAddress(AddressNode left, IpAddress right) : BoolNode
    {
        public override bool Evaluate(Exchange exchange) => left.Evaluate(exchange) == right;
    }

    internal sealed class LessInt(IntNode left, IntNode right, bool orSame) : BoolNode
    {
        public override bool Evaluate(Exchange exchange)
        {
            long first = left.Evaluate(exchange);
            long second = right.Evaluate(exchange);
            return first < second || (orSame && first == second);
        }
    }

    internal sealed class LessText(TextNode left, TextNode right, bool orSame) : BoolNode
    {
        public override bool Evaluate(Exchange exchange)
        {
            int order = left.Evaluate(exchange).SequenceCompareTo(right.Evaluate(exchange));
            return order < 0 || (orSame && order == 0);
        }
    }

    internal sealed class TextInList(TextNode text, byte[][] list) : BoolNode
    {
        public override bool Evaluate(Exchange exchange)
        {
            ReadOnlySpan<byte> value = text.Evaluate(exchange);
            foreach (byte[] entry in list)
            {
                if (value.SequenceEqual(entry))
                {
                    return true;
                }
            }

            return false;
        }

        public override Literal[]? Hints => Literal.OfAny([.. list.Select(entry => Literal.Of(text, entry, LiteralPlace.Start))]);
    }

    internal sealed class IntInList(IntNode number, long[] list) : BoolNode
    {
        public override bool Evaluate(Exchange exchange) => list.AsSpan().Contains(number.Evaluate(exchange));
    }

    internal sealed class AddressInRanges(AddressNode address, IpPrefix[] ranges) : BoolNode
    {
        public override bool Evaluate(Exchange exchange) => IpPrefix.AnyContains(ranges, address.Evaluate(exchange));
    }
}
