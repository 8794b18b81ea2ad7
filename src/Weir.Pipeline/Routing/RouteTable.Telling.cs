using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Tracing;

namespace Weir.Pipeline.Routing;

/// <summary>What a table says of its routes to who asks: a trace, not a request.</summary>
public sealed partial class RouteTable<TRoute>
{
    /// <summary>Adds to a trace why each route in front of the one that was found does not take the request.</summary>
    public void Tell(Exchange exchange, in RouteMatch<TRoute> match, Trace trace)
    {
        int end = match.Index < 0 ? _routes.Length : match.Index;
        for (int i = 0; i < end && _only is null; i++)
        {
            trace.Add("route", $"{i + 1} of {_routes.Length}, {_routes[i].Path}: {WhyNot(i, exchange)}");
        }

        if (match.Route is not null)
        {
            trace.Add("route", $"{end + 1} of {_routes.Length}, {_routes[end].Path}: taken");
        }
    }

    private string WhyNot(int route, Exchange exchange)
    {
        RouteDefinition<TRoute> definition = _routes[route];
        RouteTable<TRoute> pathAlone = new([new RouteDefinition<TRoute>(definition.Route) { Path = definition.Path }]);
        if (pathAlone.FindIndex(exchange.Request.Path, exchange) != 0)
        {
            return "another path";
        }

        if (!definition.Methods.Contains(exchange.Request))
        {
            return "another method";
        }

        IRouteCondition? failed = definition.Conditions.FirstOrDefault(condition => !condition.Holds(exchange));
        return failed is null ? "taken" : $"not {failed}";
    }
}
