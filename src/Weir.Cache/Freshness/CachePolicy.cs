using System.Collections.ObjectModel;

namespace Weir.Cache.Freshness;

/// <summary>What an operator decides where RFC 9111 leaves a choice. Immutable.</summary>
public sealed record CachePolicy
{
    /// <summary>The targeted fields that are obeyed (RFC 9213).</summary>
    public TargetedFields Targeted { get; init; } = TargetedFields.Standard;

    /// <summary>Whether what clients ask of caches counts (RFC 9111 section 5.2.1).</summary>
    public bool ObeysRequests { get; init; } = true;

    /// <summary>What becomes of responses with Set-Cookie.</summary>
    public SetCookieRule SetCookie { get; init; } = SetCookieRule.Explicit;

    /// <summary>RFC 9111 section 4.2.2: the share of the time since Last-Modified that an unstated lifetime is, in hundredths.</summary>
    public int HeuristicPercent { get; init; } = 10;

    /// <summary>The longest lifetime that is guessed; 0: none is.</summary>
    public long MostHeuristicSeconds { get; init; } = 86_400;

    /// <summary>
    /// The lifetime of a heuristically cacheable response that says nothing at all and has no Last-Modified; 0: it is not stored.
    /// </summary>
    public long UnstatedSeconds { get; init; }

    /// <summary>Lifetimes, in seconds, of responses by status that say nothing about theirs: negative caching.</summary>
    public IReadOnlyDictionary<int, long> StatusSeconds { get; init; } = ReadOnlyDictionary<int, long>.Empty;

    /// <summary>How long after its time a response may be served when origins fail, unless it forbids it.</summary>
    public long GraceSeconds { get; init; }

    /// <summary>How long after its time a response is kept to be validated.</summary>
    public long KeepSeconds { get; init; } = 3_600;
}
