// Hot: some calls for every try.
namespace Weir.Pipeline.Balancing;

/// <summary>
/// What one loop has counted of a server. Written by its loop alone, read by anyone: a reader may see a count of a moment ago.
/// </summary>
public sealed class ServerTally
{
    // The time in which a peak falls to a third.
    private const double DecayNs = 10e9;

    // What a failed try counts as, in nanoseconds.
    private const long FailureNs = 1_000_000_000;

    private const long MinuteMs = 60_000;

    private long _requests;
    private long _failures;
    private long _latencyNs;
    private long _bound;
    private long _lastBoundUnixMs;
    private long _boundNow;
    private long _boundBefore;
    private long _latencyAtNs;

    /// <summary>Tries that were sent to it, or that it refused.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Tries that failed by its fault.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>The moving peak of the time until its answers begin, in nanoseconds, as of the last one; 0 while unknown.</summary>
    public long LatencyNs => Volatile.Read(ref _latencyNs);

    /// <summary>Answers to clients whose cookie bound them to it.</summary>
    public long BoundRequests => Volatile.Read(ref _bound);

    /// <summary>When the last of those was, in milliseconds since 1970; 0: never.</summary>
    public long LastBoundUnixMs => Volatile.Read(ref _lastBoundUnixMs);

    /// <summary>Answers to bound clients within the last one to two minutes: whether a server that drains is still needed.</summary>
    public long BoundLately(long unixMs)
    {
        long minutes = (unixMs / MinuteMs) - (LastBoundUnixMs / MinuteMs);
        long now = Volatile.Read(ref _boundNow);
        return minutes == 0 ? now + Volatile.Read(ref _boundBefore) : minutes == 1 ? now : 0;
    }

    /// <summary>Counts a try; on its loop.</summary>
    public void OnTry() => Volatile.Write(ref _requests, _requests + 1);

    /// <summary>Counts a failure; on its loop.</summary>
    public void OnFailure() => Volatile.Write(ref _failures, _failures + 1);

    /// <summary>Counts an answer to a bound client; on its loop.</summary>
    public void OnBound(long unixMs)
    {
        long minutes = (unixMs / MinuteMs) - (_lastBoundUnixMs / MinuteMs);
        if (minutes != 0)
        {
            Volatile.Write(ref _boundBefore, minutes == 1 ? _boundNow : 0);
            Volatile.Write(ref _boundNow, 0);
        }

        Volatile.Write(ref _boundNow, _boundNow + 1);
        Volatile.Write(ref _bound, _bound + 1);
        Volatile.Write(ref _lastBoundUnixMs, unixMs);
    }

    /// <summary>
    /// Notes how long an answer took to begin; on its loop. A longer time counts at once, a shorter one the more the longer ago the last
    /// one is: a server that gets slow is spared sooner than one that gets fast is trusted.
    /// </summary>
    public void OnAnswer(long nowNs, long latencyNs)
    {
        double decay = DecayUntil(nowNs);
        double kept = _latencyNs * decay;
        double next = latencyNs >= kept ? latencyNs : kept + (latencyNs * (1 - decay));
        Volatile.Write(ref _latencyNs, Math.Max((long)next, 1));
        Volatile.Write(ref _latencyAtNs, nowNs);
    }

    /// <summary>Notes that no answer came, by the server's fault: a refusal is quick, and must not look like speed. On its loop.</summary>
    public void OnNoAnswer(long nowNs) => OnAnswer(nowNs, Math.Max(_latencyNs, FailureNs));

    /// <summary>What the moving peak has decayed to by now: what was long ago is forgotten, so that the server is asked again.</summary>
    public double LatencyAt(long nowNs) => _latencyNs == 0 ? 0 : _latencyNs * DecayUntil(nowNs);

    private double DecayUntil(long nowNs)
    {
        // Under load the last answer was a moment ago, and two terms of the series do.
        double passed = (nowNs - _latencyAtNs) / DecayNs;
        return passed < 0.01 ? 1 - passed : Math.Exp(-passed);
    }
}
