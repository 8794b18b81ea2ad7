// Hot: asked for each request that an expression looks at.
using Weir.Abstractions.Exchanges;
using Weir.Expressions.Matching;

namespace Weir.Expressions.Evaluation;

/// <summary>And, or, not, and what chooses between two values.</summary>
internal static class LogicNodes
{
    internal sealed class And(BoolNode[] all) : BoolNode
    {
        public override bool Evaluate(Exchange exchange)
        {
            foreach (BoolNode one in all)
            {
                if (!one.Evaluate(exchange))
                {
                    return false;
                }
            }

            return true;
        }

        public override Literal[]? Hints => Literal.OfAll(all.Select(one => one.Hints));
    }

    internal sealed class Or(BoolNode[] all) : BoolNode
    {
        public override bool Evaluate(Exchange exchange)
        {
            foreach (BoolNode one in all)
            {
                if (one.Evaluate(exchange))
                {
                    return true;
                }
            }

            return false;
        }

        public override Literal[]? Hints => Literal.OfAny(Array.ConvertAll(all, one => one.Hints));
    }

    internal sealed class Not(BoolNode one) : BoolNode
    {
        public override bool Evaluate(Exchange exchange) => !one.Evaluate(exchange);
    }

    internal sealed class ChooseBool(BoolNode condition, BoolNode first, BoolNode second) : BoolNode
    {
        public override bool Evaluate(Exchange exchange) =>
            condition.Evaluate(exchange) ? first.Evaluate(exchange) : second.Evaluate(exchange);
    }

    internal sealed class ChooseInt(BoolNode condition, IntNode first, IntNode second) : IntNode
    {
        public override long Evaluate(Exchange exchange) =>
            condition.Evaluate(exchange) ? first.Evaluate(exchange) : second.Evaluate(exchange);
    }

    internal sealed class ChooseText(BoolNode condition, TextNode first, TextNode second) : TextNode
    {
        public override ReadOnlySpan<byte> Evaluate(Exchange exchange) =>
            condition.Evaluate(exchange) ? first.Evaluate(exchange) : second.Evaluate(exchange);
    }

    internal sealed class ChooseAddress(BoolNode condition, AddressNode first, AddressNode second) : AddressNode
    {
        public override IpAddress Evaluate(Exchange exchange) =>
            condition.Evaluate(exchange) ? first.Evaluate(exchange) : second.Evaluate(exchange);
    }
}
