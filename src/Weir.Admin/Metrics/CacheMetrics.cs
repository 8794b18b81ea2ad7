using Weir.Cache.Disk;
using static Weir.Telemetry.Counting.CounterKind;

namespace Weir.Admin.Metrics;

/// <summary>The one table of what /metrics says of caches; the reference page is made from it.</summary>
public static class CacheMetrics
{
    /// <summary>Of each cache.</summary>
    public static IReadOnlyList<CacheMetric> OfCaches { get; } =
    [
        new("weir_cache_objects", Gauge, "Records that the cache holds in memory.", cache => cache.Objects),
        new("weir_cache_memory_bytes", Gauge, "Memory that the cache has taken, its index included.", cache => cache.MemoryBytes),
        new("weir_cache_capacity_bytes", Gauge, "Memory that the cache may take.", cache => cache.CapacityBytes),
        new("weir_cache_pinned_bytes", Gauge, "Memory that was evicted and that slow readers keep.", cache => cache.PinnedBytes),
        new("weir_cache_slow_readers_cut_total", Counter, "Responses cut off because slow readers kept much.", cache => cache.SlowReadersCut),
        new("weir_cache_fills", Gauge, "Fetches in flight that fill the cache.", cache => cache.Fills),
        new("weir_cache_evicted_total", Counter, "Records that had to go for others.", cache => cache.Evicted),
        new("weir_cache_purged_total", Counter, "Records that purges removed.", cache => cache.Purged),
        new("weir_cache_purges_kept", Gauge, "Purges that the cache remembers.", cache => cache.PurgesKept),
        new("weir_cache_purges_unwritten", Gauge, "Purges in force that a crash would undo, because they are not on disk yet.",
            cache => cache.PurgesUnwritten),
    ];

    /// <summary>Of each tier on disk, by a word.</summary>
    public static IReadOnlyList<CacheDiskLabelled> OfDisksByWord { get; } =
    [
        new("weir_cache_disk_state", "state", Gauge, "What the tier on disk does: 1 for the state that it has, 0 for the others.",
            DiskStates.Words, (disk, word) => disk.State == word ? 1 : 0),
        new("weir_cache_disk_dropped_total", "reason", Counter, "Records, and parts of large bodies, that were not written to disk.",
            [.. DiskDrops.All.Select(DiskDrops.Word)], (disk, word) => disk.Dropped.GetValueOrDefault(word)),
    ];

    /// <summary>Of each tier on disk.</summary>
    public static IReadOnlyList<CacheDiskMetric> OfDisks { get; } =
    [
        new("weir_cache_disk_objects", Gauge, "Records that the cache holds on disk.", disk => disk.Objects),
        new("weir_cache_disk_bytes", Gauge, "Octets of the disk that the cache's segments take.", disk => disk.Bytes),
        new("weir_cache_disk_capacity_bytes", Gauge, "Octets of the disk that the cache may take.", disk => disk.CapacityBytes),
        new("weir_cache_disk_segments", Gauge, "Segments that the cache has on disk.", disk => disk.Segments),
        new("weir_cache_disk_index_bytes", Gauge, "Memory of the index of what is on disk.", disk => disk.IndexBytes),
        new("weir_cache_disk_load_milliseconds", Gauge, "How long it took to know what is on disk; 0 while it is not known.",
            disk => disk.LoadMs),
        new("weir_cache_disk_hits_total", Counter, "Records that the disk brought into memory.", disk => disk.Hits),
        new("weir_cache_disk_misses_total", Counter, "Looks at the disk that found nothing whole.", disk => disk.Misses),
        new("weir_cache_disk_opened_total", Counter, "Large bodies that were opened, to be sent from disk.", disk => disk.Opened),
        new("weir_cache_disk_busy_total", Counter, "Looks that were given up because too many waited for the disk.", disk => disk.Busy),
        new("weir_cache_disk_stored_total", Counter, "Records that were written to disk.", disk => disk.Stored),
        new("weir_cache_disk_evicted_total", Counter, "Records on disk that had to go for others.", disk => disk.Evicted),
        new("weir_cache_disk_corrupt_total", Counter, "Records on disk that were not what was written.", disk => disk.Corrupt),
        new("weir_cache_disk_read_failures_total", Counter, "Reads that the file system refused.", disk => disk.ReadFailures),
        new("weir_cache_disk_write_failures_total", Counter, "Writes that the file system refused.", disk => disk.WriteFailures),
        new("weir_cache_disk_written_bytes_total", Counter, "Octets written to disk.", disk => disk.WrittenBytes),
        new("weir_cache_disk_saved_bytes_total", Counter, "Octets written again because their records are used.", disk => disk.SavedBytes),
    ];

    /// <summary>Of each route.</summary>
    public static IReadOnlyList<CacheRouteMetric> OfRoutes { get; } =
    [
        new("weir_cache_requests_total", "outcome", "Requests that the cache looked at, by how they were answered.", route => route.Outcomes),
        new("weir_cache_forwarded_total", "reason", "Requests that went on to an origin, by reason.", route => route.Forwarded),
        new("weir_cache_not_stored_total", "reason", "Responses that were not stored, by reason.", route => route.NotStored),
    ];
}
