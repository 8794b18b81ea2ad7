namespace Weir.Pipeline.Routing;

/// <summary>What a lookup in a <see cref="RouteTable{TRoute}"/> found.</summary>
/// <param name="Route">The first route that takes the request; null when none does.</param>
/// <param name="Index">Its number in the list of definitions, from 0; -1 when there is none.</param>
/// <param name="PrefixLength">
/// Octets of the path that the route's pattern names: all of an exact one, what stands before "/*" of a prefix, 0 for others.
/// </param>
/// <param name="HasGroups">
/// Whether the route has a regular expression with groups, which <see cref="RouteTable{TRoute}.Capture"/> records.
/// </param>
/// <param name="IsAmbiguous">
/// Whether an origin that decodes %2F, merges "//" or drops ";..." would read a path that another route takes: to be answered with 400.
/// </param>
public readonly record struct RouteMatch<TRoute>(TRoute? Route, int Index, int PrefixLength, bool HasGroups, bool IsAmbiguous)
    where TRoute : class;
