namespace Weir.Cache.Freshness;

/// <summary>What status codes mean to a cache (RFC 9110 section 15.1).</summary>
public static class StatusRules
{
    /// <summary>Whether a lifetime may be guessed. 206 is left out: partial responses are not stored by themselves.</summary>
    public static bool IsHeuristicallyCacheable(int status) =>
        status is 200 or 203 or 204 or 300 or 301 or 308 or 404 or 405 or 410 or 414 or 501;

    /// <summary>Whether this cache knows the status and does what it asks of caches (RFC 9111 section 5.2.2.3).</summary>
    public static bool IsUnderstood(int status) =>
        IsHeuristicallyCacheable(status)
            || status is 201 or 202 or 205 or 302 or 303 or 307 or 400 or 401 or 402 or 403 or 406 or 407 or 408 or 409
            or 411 or 412 or 413 or 415 or 417 or 421 or 422 or 425 or 426 or 428 or 429 or 431 or 451 or 500 or 502 or 503 or 504 or 505;

    /// <summary>RFC 5861 section 4: what counts as an error that a stale response may stand in for.</summary>
    public static bool IsError(int status) => status is 500 or 502 or 503 or 504;
}
