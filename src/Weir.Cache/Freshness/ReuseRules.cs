// Hot: one call for each request that meets a stored response.
namespace Weir.Cache.Freshness;

/// <summary>Whether a stored response may be served without asking its origin (RFC 9111 section 4, RFC 5861).</summary>
public static class ReuseRules
{
    /// <summary>Judges a stored response that was selected for a request.</summary>
    public static Reuse Judge(in StoredFreshness stored, in RequestCacheControl asked, long nowSeconds, CachePolicy policy)
    {
        long age = stored.AgeAt(nowSeconds);
        long left = stored.LifetimeSeconds - age;
        if (stored.MustValidateAlways)
        {
            return Reuse.Validate;
        }

        if (policy.ObeysRequests && IsRefused(asked, age, left, stored.ForbidsStale))
        {
            return left > 0 ? Reuse.ValidateForClient : Reuse.Validate;
        }

        if (left > 0)
        {
            return Reuse.Fresh;
        }

        if (stored.ForbidsStale)
        {
            return Reuse.Validate;
        }

        if (policy.ObeysRequests && asked.MaxStaleSeconds >= 0 && -left <= asked.MaxStaleSeconds)
        {
            return Reuse.StaleForClient;
        }

        return -left < stored.StaleWhileRevalidateSeconds ? Reuse.StaleWhileRevalidate : Reuse.Validate;
    }

    /// <summary>
    /// Whether a stale response may stand in for an error of its origin: within stale-if-error, of the response or the request, or within
    /// the operator's grace, unless it forbids all of them.
    /// </summary>
    public static bool MayStandIn(in StoredFreshness stored, in RequestCacheControl asked, long nowSeconds, CachePolicy policy)
    {
        long left = stored.TimeToLiveAt(nowSeconds);
        if (stored.ForbidsStale && (left <= 0 || stored.MustValidateAlways))
        {
            return false;
        }

        long window = Math.Max(stored.StaleIfErrorSeconds, policy.GraceSeconds);
        if (policy.ObeysRequests)
        {
            window = Math.Max(window, Math.Max(asked.StaleIfErrorSeconds, asked.MaxStaleSeconds));
        }

        return left > 0 || -left < window;
    }

    /// <summary>How long after it was received a response is worth keeping: while it may be served, and a while to be validated.</summary>
    public static long KeepSeconds(in StoredFreshness stored, CachePolicy policy)
    {
        long left = Math.Max(stored.TimeToLiveAt(stored.ResponseTimeSeconds), 0);
        long stale = Math.Max(stored.StaleIfErrorSeconds, stored.StaleWhileRevalidateSeconds);
        long after = Math.Max(policy.KeepSeconds, Math.Max(policy.GraceSeconds, stale));
        return DeltaSeconds.Add(left, after);
    }

    // RFC 9111 sections 5.2.1.1, 5.2.1.3 and 5.2.1.4.
    private static bool IsRefused(in RequestCacheControl asked, long age, long left, bool forbidsStale)
    {
        if (asked.NoCache)
        {
            return true;
        }

        if (asked.MinFreshSeconds >= 0 && left < asked.MinFreshSeconds)
        {
            return true;
        }

        // max-stale lets a response be older than max-age by what it allows.
        long tolerated = forbidsStale ? 0 : Math.Max(asked.MaxStaleSeconds, 0);
        return asked.MaxAgeSeconds >= 0 && age > DeltaSeconds.Add(asked.MaxAgeSeconds, tolerated);
    }
}
