namespace Weir.Telemetry.Counting;

/// <summary>Counters for threads that are not loops (log writers, workers, the control thread): atomic, for what happens rarely.</summary>
public sealed class SharedCounters
{
    private readonly long[] _cells = new long[(int)Counter.Count];

    /// <summary>Counts; any thread.</summary>
    public void Add(Counter counter, long amount = 1) => Interlocked.Add(ref _cells[(int)counter], amount);

    /// <summary>The value.</summary>
    public long Read(Counter counter) => Volatile.Read(ref _cells[(int)counter]);
}
