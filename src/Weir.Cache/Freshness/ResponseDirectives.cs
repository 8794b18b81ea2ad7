namespace Weir.Cache.Freshness;

/// <summary>Directives of a response that have no time (RFC 9111 section 5.2.2).</summary>
[Flags]
public enum ResponseDirectives : ushort
{
    None = 0,
    NoStore = 1,

    /// <summary>no-cache without field names.</summary>
    NoCache = 2,

    /// <summary>private without field names.</summary>
    Private = 4,
    Public = 8,
    MustRevalidate = 16,
    ProxyRevalidate = 32,
    MustUnderstand = 64,
    NoTransform = 128,

    /// <summary>RFC 8246.</summary>
    Immutable = 256,

    /// <summary>no-cache or private with field names.</summary>
    HasFieldNames = 512,

    /// <summary>They stand in a targeted field (RFC 9213).</summary>
    IsTargeted = 1024,
}
