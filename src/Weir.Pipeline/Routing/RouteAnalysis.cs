using System.Globalization;

namespace Weir.Pipeline.Routing;

/// <summary>
/// Proves which routes can never match because earlier ones take every request that they could. Only what is proven is said: regular
/// expressions are compared as texts, or tried on a single path.
/// </summary>
public static class RouteAnalysis
{
    /// <summary>The routes of a list that can never match, in their order.</summary>
    public static IReadOnlyList<UnreachableRoute> Unreachable<TRoute>(IReadOnlyList<RouteDefinition<TRoute>> routes)
        where TRoute : class
    {
        List<UnreachableRoute> unreachable = [];
        PathCover cover = new();
        for (int i = 0; i < routes.Count; i++)
        {
            if (FindCover(routes, i, cover.Candidates(routes[i].Path)) is { } found)
            {
                unreachable.Add(found);
            }

            cover.Add(i, routes[i].Path);
        }

        return unreachable;
    }

    // One earlier route may cover it alone, or several may take its methods between them.
    private static UnreachableRoute? FindCover<TRoute>(
        IReadOnlyList<RouteDefinition<TRoute>> routes, int number, IEnumerable<int> candidates)
        where TRoute : class
    {
        RouteDefinition<TRoute> route = routes[number];
        MethodSet? together = null;
        List<int> parts = [];
        foreach (int earlier in candidates)
        {
            RouteDefinition<TRoute> candidate = routes[earlier];
            if (!candidate.Methods.Overlaps(route.Methods) || !ConditionsFollow(candidate.Conditions, route.Conditions))
            {
                continue;
            }

            if (candidate.Methods.Covers(route.Methods))
            {
                return new UnreachableRoute(number, earlier, Reason(routes, number, [earlier]));
            }

            together = together?.Union(candidate.Methods) ?? candidate.Methods;
            parts.Add(earlier);
            if (together.Covers(route.Methods))
            {
                return new UnreachableRoute(number, earlier, Reason(routes, number, parts));
            }
        }

        return null;
    }

    private static bool ConditionsFollow(IReadOnlyList<IRouteCondition> needed, IReadOnlyList<IRouteCondition> given) =>
        needed.All(condition => given.Any(condition.IsImpliedBy));

    private static string Reason<TRoute>(IReadOnlyList<RouteDefinition<TRoute>> routes, int number, List<int> earlier)
        where TRoute : class
    {
        string names = string.Join(" and ", earlier.Select(route => Name(routes, route)));
        string which = $"every request that route {Name(routes, number)} could match";
        if (earlier.Count > 1)
        {
            return $"Routes {names} together take {which}, and they are tried first.";
        }

        return routes[earlier[0]].TakesEverything
            ? $"Route {names} takes every request, so route {Name(routes, number)} behind it is never tried."
            : $"Route {names} takes {which}, and it is tried first.";
    }

    private static string Name<TRoute>(IReadOnlyList<RouteDefinition<TRoute>> routes, int number)
        where TRoute : class
    {
        string count = (number + 1).ToString(CultureInfo.InvariantCulture);
        return routes[number].Path.Kind == PathKind.Any ? count : $"{count} ({routes[number].Path.Text})";
    }
}
