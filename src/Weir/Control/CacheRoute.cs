namespace Weir.Control;

/// <summary>What a cache did in one stack.</summary>
public sealed record CacheRoute
{
    /// <summary>The site's name.</summary>
    public required string Site { get; init; }

    /// <summary>The route's pattern; empty: the site's stack.</summary>
    public required string Route { get; init; }

    /// <summary>Requests that were looked at.</summary>
    public long Requests { get; init; }

    /// <summary>The share of them that no origin was asked for.</summary>
    public double HitRatio { get; init; }

    /// <summary>How they were answered, by outcome.</summary>
    public required IReadOnlyDictionary<string, long> Outcomes { get; init; }

    /// <summary>Why requests went on, by the words of RFC 9211.</summary>
    public required IReadOnlyDictionary<string, long> Forwarded { get; init; }

    /// <summary>Why responses were not stored.</summary>
    public required IReadOnlyDictionary<string, long> NotStored { get; init; }
}
