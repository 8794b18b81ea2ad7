using Weir.Abstractions.Exchanges;
using Weir.Expressions.Checking;
using Weir.Expressions.Matching;

namespace Weir.Expressions.Evaluation;

/// <summary>Something true or false.</summary>
internal abstract class BoolNode : Node
{
    public override ValueKind Kind => ValueKind.Bool;

    public abstract bool Evaluate(Exchange exchange);

    /// <summary>Literals of which at least one is found wherever this is true; null: nothing can be said.</summary>
    public virtual Literal[]? Hints => null;
}
