namespace Weir.Cache.Freshness;

/// <summary>Why a request went on towards its origin (RFC 9211 section 2.2).</summary>
public enum CacheForward : byte
{
    /// <summary>It did not: a hit.</summary>
    None,
    Bypass,
    Method,
    UriMiss,
    VaryMiss,
    Miss,
    Request,
    Stale,
    Partial,
}
