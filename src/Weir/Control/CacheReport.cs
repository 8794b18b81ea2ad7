using Weir.Cache.Statistics;

namespace Weir.Control;

/// <summary>A cache as it is at a moment.</summary>
public sealed record CacheReport
{
    /// <summary>Its name in `caches`.</summary>
    public required string Name { get; init; }

    /// <summary>Records in memory: responses, and what is noted about URLs.</summary>
    public long Objects { get; init; }

    /// <summary>Memory that it has taken, its index included.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Memory that it may take.</summary>
    public long CapacityBytes { get; init; }

    /// <summary>Records that had to go for others.</summary>
    public long Evicted { get; init; }

    /// <summary>Records that purges removed.</summary>
    public long Purged { get; init; }

    /// <summary>Pieces of memory that slow readers keep.</summary>
    public long HeldBack { get; init; }

    /// <summary>Memory that was evicted and that slow readers keep.</summary>
    public long PinnedBytes { get; init; }

    /// <summary>Responses cut off because slow readers kept too much.</summary>
    public long SlowReadersCut { get; init; }

    /// <summary>Fetches in flight that fill it.</summary>
    public long Fills { get; init; }

    /// <summary>Purges that are remembered.</summary>
    public long PurgesKept { get; init; }

    /// <summary>Whether purges are on disk before they are answered.</summary>
    public bool PurgesDurable { get; init; }

    /// <summary>Purges in force that are not on disk, though the cache has a tier there: a crash brings back what they touched.</summary>
    public long PurgesUnwritten { get; init; }

    /// <summary>Requests that its modules looked at.</summary>
    public long Requests { get; init; }

    /// <summary>The share of them that no origin was asked for.</summary>
    public double HitRatio { get; init; }

    /// <summary>Its tier on disk; null: it has none.</summary>
    public CacheDiskReport? Disk { get; init; }

    /// <summary>What it did, by site and route.</summary>
    public required IReadOnlyList<CacheRoute> Routes { get; init; }

    /// <summary>What is served most, of a sample of the hits.</summary>
    public required IReadOnlyList<HotKey> Top { get; init; }

    /// <summary>Query parameters that were compared, and whether they split keys needlessly.</summary>
    public required IReadOnlyList<QuerySplit> Splits { get; init; }

    /// <summary>The last orders to purge, the newest first.</summary>
    public required IReadOnlyList<PurgeEntry> Purges { get; init; }
}
