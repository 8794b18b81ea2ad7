namespace Weir.Cache.Freshness;

/// <summary>Whether a response may be stored, and if not, which rule forbids it.</summary>
public enum StoringVerdict : byte
{
    Stored,
    Method,
    RequestNoStore,
    NoStore,
    Private,
    Authorization,
    SetCookie,
    Cookie,
    NotUnderstood,
    Partial,
    Status,
    NoFreshness,
    VaryAny,
    TooManyVariants,
    TooLarge,
    Truncated,
    Vanishing,
    FirstUse,
}
