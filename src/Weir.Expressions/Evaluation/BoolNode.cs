using Weir.Abstractions.Exchanges;
using Weir.Expressions.Checking;

namespace Weir.Expressions.Evaluation;

/// <summary>Something true or false.</summary>
internal abstract class BoolNode : Node
{
    public override ValueKind Kind => ValueKind.Bool;

    public abstract bool Evaluate(Exchange exchange);
}
