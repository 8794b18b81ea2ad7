namespace Weir.Cache.Freshness;

/// <summary>What becomes of a response with Set-Cookie (RFC 9111 section 7.3).</summary>
public enum SetCookieRule : byte
{
    /// <summary>
    /// Stored, cookies and all, where the origin says that it is meant for shared caches: public, s-maxage or a targeted field.
    /// </summary>
    Explicit,

    /// <summary>Never stored.</summary>
    Refuse,

    /// <summary>Stored without its cookies.</summary>
    Strip,

    /// <summary>Stored as any other.</summary>
    Store,
}
