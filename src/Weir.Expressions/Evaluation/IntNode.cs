using Weir.Abstractions.Exchanges;
using Weir.Expressions.Checking;

namespace Weir.Expressions.Evaluation;

/// <summary>A whole number.</summary>
internal abstract class IntNode : Node
{
    public override ValueKind Kind => ValueKind.Number;

    public abstract long Evaluate(Exchange exchange);
}
