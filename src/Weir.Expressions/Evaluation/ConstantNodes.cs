using Weir.Abstractions.Exchanges;

namespace Weir.Expressions.Evaluation;

/// <summary>Values that are written down. They belong together, and each is a line.</summary>
internal static class ConstantNodes
{
    internal sealed class Bool(bool value) : BoolNode
    {
        public override bool Evaluate(Exchange exchange) => value;
    }

    internal sealed class Int(long value) : IntNode
    {
        public long Value => value;

        public override long Evaluate(Exchange exchange) => value;
    }

    internal sealed class Text(byte[] value) : TextNode
    {
        public byte[] Value => value;

        public override ReadOnlySpan<byte> Evaluate(Exchange exchange) => value;
    }
}
