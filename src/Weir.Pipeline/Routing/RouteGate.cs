// Hot: asked for each candidate route that is not open.
using Weir.Abstractions.Exchanges;

namespace Weir.Pipeline.Routing;

/// <summary>What a route asks beside its path. A route that asks nothing has no gate.</summary>
internal sealed class RouteGate
{
    private readonly MethodSet _methods;
    private readonly IRouteCondition[] _conditions;

    private RouteGate(MethodSet methods, IRouteCondition[] conditions)
    {
        _methods = methods;
        _conditions = conditions;
    }

    /// <summary>The gate of a route, or null when it is open.</summary>
    public static RouteGate? For<TRoute>(RouteDefinition<TRoute> route)
        where TRoute : class
        => route.Methods.IsAny && route.Conditions.Count == 0 ? null : new RouteGate(route.Methods, [.. route.Conditions]);

    /// <summary>Whether the request may pass.</summary>
    public bool Passes(Exchange exchange)
    {
        if (!_methods.Contains(exchange.Request))
        {
            return false;
        }

        foreach (IRouteCondition condition in _conditions)
        {
            if (!condition.Holds(exchange))
            {
                return false;
            }
        }

        return true;
    }
}
