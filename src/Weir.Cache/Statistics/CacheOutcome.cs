namespace Weir.Cache.Statistics;

/// <summary>How a request that a cache looked at was answered.</summary>
public enum CacheOutcome : byte
{
    /// <summary>From the store, fresh.</summary>
    Hit,

    /// <summary>From the store, stale, as a window or the client allows.</summary>
    Stale,

    /// <summary>From the store, stale, because the origin failed.</summary>
    StandIn,

    /// <summary>From the store, after the origin said that it is still good.</summary>
    Validated,

    /// <summary>From what another request was fetching.</summary>
    Followed,

    /// <summary>By the origin.</summary>
    Forwarded,

    /// <summary>One past the last.</summary>
    Count,
}
