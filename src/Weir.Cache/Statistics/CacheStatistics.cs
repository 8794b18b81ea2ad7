namespace Weir.Cache.Statistics;

/// <summary>What one cache has done: by route, by key, by query parameter. Bounded.</summary>
public sealed class CacheStatistics
{
    private const int MostRoutes = 1_024;
    private const string Others = "(others)";

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Site, string Route), RouteStatistics> _routes = [];
    private readonly HotKeys?[] _hot;

    /// <summary>For a cache of so many loops.</summary>
    public CacheStatistics(int loops) => _hot = new HotKeys?[loops];

    /// <summary>Which query parameters split keys.</summary>
    public QuerySplits Splits { get; } = new();

    /// <summary>The routes that requests came to, by site and route.</summary>
    public IReadOnlyList<RouteStatistics> Routes
    {
        get
        {
            lock (_gate)
            {
                return [.. _routes.Values.OrderBy(route => route.Site, StringComparer.Ordinal).ThenBy(route => route.Route, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>The counters of a stack, which outlive its modules.</summary>
    public RouteStatistics OfRoute(string site, string route)
    {
        lock (_gate)
        {
            (string, string) key = _routes.Count < MostRoutes || _routes.ContainsKey((site, route)) ? (site, route) : (Others, "");
            if (!_routes.TryGetValue(key, out RouteStatistics? statistics))
            {
                _routes[key] = statistics = new RouteStatistics(key.Item1, key.Item2);
            }

            return statistics;
        }
    }

    /// <summary>The keys that a loop serves most; only that loop.</summary>
    public HotKeys HotKeysOf(int loop) => _hot[loop] ??= new HotKeys();

    /// <summary>The keys that are served most, over all loops.</summary>
    public IReadOnlyList<HotKey> Top(int most)
    {
        Dictionary<ulong, HotKey> sum = [];
        foreach (HotKeys? hot in _hot)
        {
            hot?.AddTo(sum);
        }

        return [.. sum.Values.OrderByDescending(key => key.Hits).ThenBy(key => key.Url, StringComparer.Ordinal).Take(most)];
    }
}
