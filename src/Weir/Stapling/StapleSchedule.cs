using Weir.Net.Tls;

namespace Weir.Stapling;

/// <summary>When an OCSP response may be shown, and when the next one is asked for. Pure.</summary>
internal static class StapleSchedule
{
    // Clocks differ: a response from a little ahead is not from the future.
    private static readonly TimeSpan _skew = TimeSpan.FromMinutes(5);

    // Where the responder does not say how long its answer is good: newer ones are there all the time.
    private static readonly TimeSpan _assumedLife = TimeSpan.FromHours(12);
    private static readonly TimeSpan _soonest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _latest = TimeSpan.FromHours(24);
    private static readonly TimeSpan _firstRetry = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _lastRetry = TimeSpan.FromHours(1);

    /// <summary>Until when an answer may be shown.</summary>
    public static DateTimeOffset EndOf(OcspAnswer answer) => answer.NextUpdate ?? answer.ThisUpdate + _assumedLife;

    /// <summary>Why an answer may not be shown now; null when it may.</summary>
    public static string? ProblemOf(OcspAnswer answer, DateTimeOffset now) => answer.Status switch
    {
        OcspStatus.Unusable => answer.Problem,
        _ when answer.ThisUpdate > now + _skew => $"it is from the future ({answer.ThisUpdate:yyyy-MM-dd HH:mm} UTC)",
        _ when EndOf(answer) <= now => $"it was good until {EndOf(answer):yyyy-MM-dd HH:mm} UTC",
        _ => null,
    };

    /// <summary>
    /// How long after an answer the next one is asked for: in the middle of its life, so that a responder may be away for the other half.
    /// </summary>
    public static TimeSpan Refresh(OcspAnswer answer, DateTimeOffset now)
    {
        TimeSpan half = (answer.ThisUpdate + ((EndOf(answer) - answer.ThisUpdate) / 2)) - now;
        return half < _soonest ? _soonest : half > _latest ? _latest : half;
    }

    /// <summary>How long after that many failures in a row the next try is.</summary>
    public static TimeSpan Retry(int failures)
    {
        TimeSpan wait = _firstRetry * Math.Pow(2, Math.Min(failures - 1, 10));
        return wait > _lastRetry ? _lastRetry : wait;
    }
}
