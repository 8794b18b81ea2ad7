namespace Weir.Telemetry.Counting;

/// <summary>The counters of the process: one set for each loop, one for all other threads, and what the runtime counts.</summary>
public sealed class CounterSet
{
    private readonly LoopCounters[] _loops;

    /// <summary>All zero, for a fixed number of loops.</summary>
    public CounterSet(int loops, FamilyLabels? labels = null)
    {
        Labels = labels ?? new FamilyLabels();
        _loops = new LoopCounters[loops];
        for (int i = 0; i < loops; i++)
        {
            _loops[i] = new LoopCounters(Labels);
        }
    }

    /// <summary>How many loops there are.</summary>
    public int LoopCount => _loops.Length;

    /// <summary>The label values of the families.</summary>
    public FamilyLabels Labels { get; }

    /// <summary>For threads that are not loops.</summary>
    public SharedCounters Shared { get; } = new();

    /// <summary>The counters of one loop; only that loop may add to them.</summary>
    public LoopCounters OfLoop(int loop) => _loops[loop];

    /// <summary>The sum over all loops and other threads; any thread may ask.</summary>
    public long Total(Counter counter)
    {
        long total = Shared.Read(counter) + ProcessReadings.Read(counter);
        foreach (LoopCounters loop in _loops)
        {
            total += loop.Read(counter);
        }

        return total;
    }

    /// <summary>The sum of one entry of a family over all loops.</summary>
    public long Total(CounterFamily family, int index)
    {
        long total = 0;
        foreach (LoopCounters loop in _loops)
        {
            total += loop.Read(family, index);
        }

        return total;
    }

    /// <summary>The durations of a phase over all loops. Allocates: for readers.</summary>
    public HistogramSnapshot Durations(TimedPhase phase)
    {
        HistogramSnapshot snapshot = new();
        foreach (LoopCounters loop in _loops)
        {
            loop.Durations(phase).AddTo(snapshot);
        }

        return snapshot;
    }
}
