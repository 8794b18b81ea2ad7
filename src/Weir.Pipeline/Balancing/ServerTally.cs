namespace Weir.Pipeline.Balancing;

/// <summary>What one loop has counted of a server. Written by its loop alone, read by anyone: a reader may see a count of a moment ago.</summary>
public sealed class ServerTally
{
    private long _requests;
    private long _failures;
    private long _latencyNs;
    private long _bound;
    private long _lastBoundUnixMs;

    /// <summary>Tries that were sent to it, or that it refused.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Tries that failed by its fault.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>The moving peak of the time until its answers begin, in nanoseconds; 0 while unknown.</summary>
    public long LatencyNs => Volatile.Read(ref _latencyNs);

    /// <summary>Answers to clients whose cookie bound them to it.</summary>
    public long BoundRequests => Volatile.Read(ref _bound);

    /// <summary>When the last of those was, in milliseconds since 1970; 0: never.</summary>
    public long LastBoundUnixMs => Volatile.Read(ref _lastBoundUnixMs);

    /// <summary>Counts a try; on its loop.</summary>
    public void OnTry() => Volatile.Write(ref _requests, _requests + 1);

    /// <summary>Counts a failure; on its loop.</summary>
    public void OnFailure() => Volatile.Write(ref _failures, _failures + 1);

    /// <summary>Counts an answer to a bound client; on its loop.</summary>
    public void OnBound(long unixMs)
    {
        Volatile.Write(ref _bound, _bound + 1);
        Volatile.Write(ref _lastBoundUnixMs, unixMs);
    }

    /// <summary>Notes a latency; on its loop.</summary>
    public void SetLatency(long latencyNs) => Volatile.Write(ref _latencyNs, latencyNs);
}
