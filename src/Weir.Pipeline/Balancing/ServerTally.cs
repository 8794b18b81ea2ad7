namespace Weir.Pipeline.Balancing;

/// <summary>What one loop has counted of a server. Written by its loop alone, read by anyone: a reader may see a count of a moment ago.</summary>
public sealed class ServerTally
{
    private long _requests;
    private long _failures;
    private long _latencyNs;

    /// <summary>Tries that were sent to it, or that it refused.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Tries that failed by its fault.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>The moving peak of the time until its answers begin, in nanoseconds; 0 while unknown.</summary>
    public long LatencyNs => Volatile.Read(ref _latencyNs);

    /// <summary>Counts a try; on its loop.</summary>
    public void OnTry() => Volatile.Write(ref _requests, _requests + 1);

    /// <summary>Counts a failure; on its loop.</summary>
    public void OnFailure() => Volatile.Write(ref _failures, _failures + 1);

    /// <summary>Notes a latency; on its loop.</summary>
    public void SetLatency(long latencyNs) => Volatile.Write(ref _latencyNs, latencyNs);
}
