using Weir.Abstractions.Heads;

namespace Weir.Cache.Freshness;

/// <summary>What a cache did with one request, for its member of Cache-Status (RFC 9211).</summary>
public struct CacheStatus
{
    /// <summary>Why it went on; none: a hit.</summary>
    public CacheForward Forward { get; set; }

    /// <summary>The status that the next one answered, where it differs from what the client gets; 0: not said.</summary>
    public int ForwardStatus { get; set; }

    /// <summary>Whether the response was stored.</summary>
    public bool IsStored { get; set; }

    /// <summary>Whether several requests were made one.</summary>
    public bool IsCollapsed { get; set; }

    /// <summary>Whether <see cref="TimeToLiveSeconds"/> is said.</summary>
    public bool HasTimeToLive { get; set; }

    /// <summary>The freshness that is left; negative once it is stale.</summary>
    public long TimeToLiveSeconds { get; set; }

    /// <summary>Why it was not stored, or why a stale response is served; a token.</summary>
    public StoringVerdict NotStored { get; set; }

    /// <summary>Whether a stale response stands in for an error.</summary>
    public bool IsStandIn { get; set; }

    /// <summary>Whether the client forbade to go on and there was nothing for it: neither a hit nor forwarded.</summary>
    public bool IsOnlyIfCached { get; set; }

    /// <summary>The word of RFC 9211 for a reason; empty: a hit.</summary>
    public static ReadOnlySpan<byte> Word(CacheForward forward) => CacheStatusField.Word(forward);

    /// <summary>Adds the member behind those that are there.</summary>
    public readonly void AppendTo(HeaderFields fields) => CacheStatusField.Append(fields, this);
}
