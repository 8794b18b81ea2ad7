using Weir.Cache.Freshness;

namespace Weir.Cache.Statistics;

/// <summary>What the cache modules of one stack have done, on all loops, over reloads.</summary>
public sealed class RouteStatistics
{
    private readonly Lock _gate = new();
    private LoopTally[] _tallies = [];

    /// <summary>For a stack.</summary>
    /// <param name="site">The site's name.</param>
    /// <param name="route">The route's pattern; empty: the site's stack.</param>
    public RouteStatistics(string site, string route)
    {
        Site = site;
        Route = route;
    }

    /// <summary>The site's name.</summary>
    public string Site { get; }

    /// <summary>The route's pattern; empty: the site's stack.</summary>
    public string Route { get; }

    /// <summary>Requests that were looked at.</summary>
    public long Requests => Sum(tally => Enumerable.Range(0, (int)CacheOutcome.Count).Sum(outcome => tally.Read((CacheOutcome)outcome)));

    /// <summary>A tally for one loop.</summary>
    public LoopTally OpenTally()
    {
        LoopTally tally = new();
        lock (_gate)
        {
            _tallies = [.. _tallies, tally];
        }

        return tally;
    }

    /// <summary>Requests of an outcome.</summary>
    public long Read(CacheOutcome outcome) => Sum(tally => tally.Read(outcome));

    /// <summary>Requests that went on for a reason.</summary>
    public long Read(CacheForward forward) => Sum(tally => tally.Read(forward));

    /// <summary>Responses that were not stored for a reason.</summary>
    public long Read(StoringVerdict verdict) => Sum(tally => tally.Read(verdict));

    private long Sum(Func<LoopTally, long> read) => Volatile.Read(ref _tallies).Sum(read);
}
