namespace Weir.Modules.Cache;

/// <summary>What becomes of responses that set cookies.</summary>
public enum CookieStorage
{
    /// <summary>
    /// Stored where the origin means shared caches: public, s-maxage, a targeted field, or Set-Cookie named by private or no-cache.
    /// </summary>
    Explicit,

    /// <summary>Never stored.</summary>
    Refuse,

    /// <summary>Stored without their cookies.</summary>
    Strip,

    /// <summary>Stored with them.</summary>
    Store,
}
