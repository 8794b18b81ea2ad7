namespace Weir.Cache.Freshness;

/// <summary>The words for <see cref="StoringVerdict"/> in Cache-Status and in the admin's reports: stable.</summary>
public static class StoringVerdicts
{
    /// <summary>The word, a token; empty for <see cref="StoringVerdict.Stored"/>.</summary>
    public static ReadOnlySpan<byte> Word(StoringVerdict verdict) => verdict switch
    {
        StoringVerdict.Method => "method"u8,
        StoringVerdict.RequestNoStore => "request-no-store"u8,
        StoringVerdict.NoStore => "no-store"u8,
        StoringVerdict.Private => "private"u8,
        StoringVerdict.Authorization => "authorization"u8,
        StoringVerdict.SetCookie => "set-cookie"u8,
        StoringVerdict.Cookie => "cookie-without-explicit-freshness"u8,
        StoringVerdict.NotUnderstood => "must-understand"u8,
        StoringVerdict.Partial => "partial"u8,
        StoringVerdict.Status => "status"u8,
        StoringVerdict.NoFreshness => "no-freshness"u8,
        StoringVerdict.VaryAny => "vary-any"u8,
        StoringVerdict.TooManyVariants => "too-many-variants"u8,
        StoringVerdict.TooLarge => "too-large"u8,
        StoringVerdict.Truncated => "truncated"u8,
        StoringVerdict.FirstUse => "first-use"u8,
        StoringVerdict.Vanishing => "stale-without-validator"u8,
        _ => default,
    };
}
