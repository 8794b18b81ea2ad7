// Hot: asked for each request that an expression looks at.
using Weir.Abstractions.Exchanges;

namespace Weir.Expressions.Evaluation;

/// <summary>Arithmetic that always has a result: what leaves 64 bits stays at their end.</summary>
internal static class ArithmeticNodes
{
    internal sealed class Add(IntNode left, IntNode right) : IntNode
    {
        public override long Evaluate(Exchange exchange) => Clamp((Int128)left.Evaluate(exchange) + right.Evaluate(exchange));
    }

    internal sealed class Subtract(IntNode left, IntNode right) : IntNode
    {
        public override long Evaluate(Exchange exchange) => Clamp((Int128)left.Evaluate(exchange) - right.Evaluate(exchange));
    }

    internal sealed class Multiply(IntNode left, IntNode right) : IntNode
    {
        public override long Evaluate(Exchange exchange) => Clamp((Int128)left.Evaluate(exchange) * right.Evaluate(exchange));
    }

    internal sealed class Divide(IntNode left, long right) : IntNode
    {
        public override long Evaluate(Exchange exchange) => Clamp((Int128)left.Evaluate(exchange) / right);
    }

    // Wider than a number for the same reason: the smallest one divided by -1 has no place in 64 bits.
    internal sealed class Remainder(IntNode left, long right) : IntNode
    {
        public override long Evaluate(Exchange exchange) => (long)((Int128)left.Evaluate(exchange) % right);
    }

    private static long Clamp(Int128 exact) => (long)Int128.Clamp(exact, long.MinValue, long.MaxValue);
}
