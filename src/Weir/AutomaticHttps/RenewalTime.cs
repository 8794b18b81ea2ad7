using Weir.Acme;

namespace Weir.AutomaticHttps;

/// <summary>When a certificate is renewed, and when a failed try is repeated. Pure.</summary>
internal static class RenewalTime
{
    // A window that an issuer moves to the very end leaves no time for a second try.
    private const double LatestShare = 0.95;

    private static readonly TimeSpan _firstRetry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _secondRetry = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan _longestRetry = TimeSpan.FromHours(12);

    /// <summary>At two thirds of the lifetime: 60 days of 90, 4 of 6.</summary>
    public static DateTimeOffset Usual(DateTimeOffset notBefore, DateTimeOffset notAfter) =>
        notBefore + ((notAfter - notBefore) * (2.0 / 3));

    /// <summary>RFC 9773 section 4.2: a random time of the window, and never after the certificate's last days.</summary>
    /// <param name="advice">What the issuer says.</param>
    /// <param name="notBefore">From when the certificate is good.</param>
    /// <param name="notAfter">Until when it is good.</param>
    /// <param name="chance">From 0 to 1: where in the window.</param>
    public static DateTimeOffset Advised(RenewalAdvice advice, DateTimeOffset notBefore, DateTimeOffset notAfter, double chance)
    {
        DateTimeOffset chosen = advice.Start + ((advice.End - advice.Start) * chance);
        DateTimeOffset latest = notBefore + ((notAfter - notBefore) * LatestShare);
        return chosen < latest ? chosen : latest;
    }

    /// <summary>
    /// How long to wait after so many failed tries: 10 s, because another kind of proof may work, then 2 min, 8 min, 32 min, up to half a
    /// day, a fifth more or less. Five tries an hour at most: public issuers allow five failed proofs of a name in one.
    /// </summary>
    /// <param name="failures">How many tries have failed since the last success, from 1.</param>
    /// <param name="chance">From 0 to 1: how much more or less.</param>
    public static TimeSpan Retry(int failures, double chance)
    {
        TimeSpan wait = failures <= 1 ? _firstRetry : _secondRetry * Math.Pow(4, Math.Min(failures - 2, 10));
        return (wait < _longestRetry ? wait : _longestRetry) * (0.8 + (0.4 * chance));
    }
}
