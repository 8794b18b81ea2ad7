// Hot: asked for each candidate route that has an expression.
using Weir.Abstractions.Exchanges;
using Weir.Expressions;

namespace Weir.Pipeline.Routing;

/// <summary>An expression that must be true of the request.</summary>
public sealed class ExpressionCondition : IRouteCondition
{
    private readonly Condition _condition;

    /// <summary>A condition over an expression.</summary>
    public ExpressionCondition(Condition condition) => _condition = condition;

    /// <inheritdoc/>
    public bool Holds(Exchange exchange) => _condition.Holds(exchange);

    /// <inheritdoc/>
    public bool IsImpliedBy(IRouteCondition other) => other is ExpressionCondition same && same._condition.Text == _condition.Text;

    /// <inheritdoc/>
    public override string ToString() => $"when {_condition}";
}
