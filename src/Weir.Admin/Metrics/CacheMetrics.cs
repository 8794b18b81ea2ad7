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
        new("weir_cache_fills", Gauge, "Fetches in flight that fill the cache.", cache => cache.Fills),
        new("weir_cache_evicted_total", Counter, "Records that had to go for others.", cache => cache.Evicted),
        new("weir_cache_purged_total", Counter, "Records that purges removed.", cache => cache.Purged),
        new("weir_cache_purges_kept", Gauge, "Purges that the cache remembers.", cache => cache.PurgesKept),
    ];

    /// <summary>Of each route.</summary>
    public static IReadOnlyList<CacheRouteMetric> OfRoutes { get; } =
    [
        new("weir_cache_requests_total", "outcome", "Requests that the cache looked at, by how they were answered.", route => route.Outcomes),
        new("weir_cache_forwarded_total", "reason", "Requests that went on to an origin, by reason.", route => route.Forwarded),
        new("weir_cache_not_stored_total", "reason", "Responses that were not stored, by reason.", route => route.NotStored),
    ];
}
