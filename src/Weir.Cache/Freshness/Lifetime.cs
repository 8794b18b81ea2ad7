using Weir.Abstractions.Heads;

namespace Weir.Cache.Freshness;

/// <summary>The freshness lifetime of a response (RFC 9111 section 4.2.1), in seconds.</summary>
public static class Lifetime
{
    /// <summary>Whether the origin says how long, however badly.</summary>
    public static bool IsExplicit(HeaderFields fields, in ResponseCacheControl control) =>
        control.SharedMaxAgeSeconds >= 0 || control.MaxAgeSeconds >= 0
        || (!control.Has(ResponseDirectives.IsTargeted) && fields.Has(KnownField.Expires));

    /// <summary>The lifetime: s-maxage, max-age, Expires, then a guess. 0: it is stale from the start.</summary>
    /// <param name="response">The response.</param>
    /// <param name="control">What it says to caches.</param>
    /// <param name="responseTimeSeconds">When it was received, in seconds since 1970.</param>
    /// <param name="policy">How long may be guessed.</param>
    public static long Calculate(ResponseHead response, in ResponseCacheControl control, long responseTimeSeconds, CachePolicy policy)
    {
        if (control.SharedMaxAgeSeconds >= 0)
        {
            return control.SharedMaxAgeSeconds;
        }

        if (control.MaxAgeSeconds >= 0)
        {
            return control.MaxAgeSeconds;
        }

        long date = Dates.Read(response.Fields, KnownField.Date, responseTimeSeconds, out long stated) ? stated : responseTimeSeconds;
        if (!control.Has(ResponseDirectives.IsTargeted) && response.Fields.Has(KnownField.Expires))
        {
            // RFC 9111 section 5.3: what is no date, "0" most of all, lies in the past.
            bool isDate = Dates.Read(response.Fields, KnownField.Expires, responseTimeSeconds, out long expires);
            return isDate ? Math.Clamp(expires - date, 0, DeltaSeconds.Most) : 0;
        }

        if (policy.StatusSeconds.Count > 0 && policy.StatusSeconds.TryGetValue(response.Status, out long seconds))
        {
            return seconds;
        }

        return Guess(response, date, responseTimeSeconds, policy);
    }

    // RFC 9111 section 4.2.2: only where nothing is stated; public allows it for any status.
    private static long Guess(ResponseHead response, long date, long responseTimeSeconds, CachePolicy policy)
    {
        if (!Dates.Read(response.Fields, KnownField.LastModified, responseTimeSeconds, out long modified))
        {
            return policy.UnstatedSeconds;
        }

        return Math.Clamp((date - modified) * policy.HeuristicPercent / 100, 0, policy.MostHeuristicSeconds);
    }
}
