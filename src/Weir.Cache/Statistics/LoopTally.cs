// Hot: two additions for each request that a cache looks at.
using Weir.Cache.Freshness;

namespace Weir.Cache.Statistics;

/// <summary>What one cache module has done on one loop. Only that loop writes; whoever reads may be a request behind.</summary>
public sealed class LoopTally
{
    private const int MostForwards = 16;
    private const int MostVerdicts = 64;

    // A cache line in front and behind: loops do not write to one line.
    private const int Padding = 8;
    private const int Forwards = Padding + (int)CacheOutcome.Count;
    private const int Verdicts = Forwards + MostForwards;

    private readonly long[] _counts = new long[Verdicts + MostVerdicts + Padding];

    /// <summary>Counts one request.</summary>
    public void Count(in CacheStatus status)
    {
        _counts[Padding + (int)CacheOutcomes.Of(status)]++;
        if (status.Forward == CacheForward.None)
        {
            return;
        }

        _counts[Forwards + ((int)status.Forward & (MostForwards - 1))]++;
        if (status.NotStored != StoringVerdict.Stored)
        {
            _counts[Verdicts + ((int)status.NotStored & (MostVerdicts - 1))]++;
        }
    }

    /// <summary>Requests of an outcome.</summary>
    public long Read(CacheOutcome outcome) => Volatile.Read(ref _counts[Padding + (int)outcome]);

    /// <summary>Requests that went on for a reason.</summary>
    public long Read(CacheForward forward) => Volatile.Read(ref _counts[Forwards + (int)forward]);

    /// <summary>Responses that were not stored for a reason.</summary>
    public long Read(StoringVerdict verdict) => Volatile.Read(ref _counts[Verdicts + (int)verdict]);
}
