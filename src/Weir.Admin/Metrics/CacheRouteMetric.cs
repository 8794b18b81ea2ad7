using Weir.Control;

namespace Weir.Admin.Metrics;

/// <summary>One counter of each route of each cache, labelled with cache, site and route, and one value for each reason.</summary>
/// <param name="Name">The metric's name.</param>
/// <param name="Label">The label of the reason.</param>
/// <param name="Help">One sentence for operators.</param>
/// <param name="Read">The counts by reason.</param>
public sealed record CacheRouteMetric(string Name, string Label, string Help, Func<CacheRoute, IReadOnlyDictionary<string, long>> Read);
