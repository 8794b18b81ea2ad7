// Hot: many additions for each exchange. No atomics: one thread writes.
using System.Runtime.CompilerServices;

namespace Weir.Telemetry.Counting;

/// <summary>
/// The counters of one loop. Only the loop's thread adds; any thread may read, and sees a value that was right a moment ago. Sums over
/// all loops come from <see cref="CounterSet"/>.
/// </summary>
public sealed class LoopCounters
{
    // Two cache lines on each side: neighbours on the heap, and the adjacent-line prefetcher, must not share a line with a counter.
    private const int Padding = 16;

    private readonly long[] _cells;
    private readonly int[] _familyStarts;
    private readonly int[] _familySizes;
    private readonly DurationHistogram[] _durations;

    /// <summary>All zero.</summary>
    public LoopCounters(FamilyLabels labels)
    {
        _familyStarts = new int[(int)CounterFamily.Count];
        _familySizes = new int[(int)CounterFamily.Count];
        int next = Padding + (int)Counter.Count;
        for (int i = 0; i < _familyStarts.Length; i++)
        {
            _familyStarts[i] = next;
            _familySizes[i] = labels.Size((CounterFamily)i);
            next += _familySizes[i];
        }

        _cells = new long[next + Padding];
        _durations = new DurationHistogram[(int)TimedPhase.Count];
        for (int i = 0; i < _durations.Length; i++)
        {
            _durations[i] = new DurationHistogram();
        }
    }

    /// <summary>Counts one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(Counter counter) => _cells[Padding + (int)counter]++;

    /// <summary>Counts several; for a gauge, a negative amount takes away.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(Counter counter, long amount) => _cells[Padding + (int)counter] += amount;

    /// <summary>Sets a gauge.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(Counter counter, long value) => _cells[Padding + (int)counter] = value;

    /// <summary>Counts one entry of a family. An index that the family does not have is ignored.</summary>
    public void Add(CounterFamily family, int index)
    {
        if ((uint)index < (uint)_familySizes[(int)family])
        {
            _cells[_familyStarts[(int)family] + index]++;
        }
    }

    /// <summary>Counts a response by the class of its status; 0, or anything outside of 100 to 599, counts as none.</summary>
    public void AddStatus(int status)
    {
        int statusClass = status / 100;
        Add(statusClass is >= 1 and <= 5 ? Counter.Status1xx + (statusClass - 1) : Counter.StatusNone);
    }

    /// <summary>Records how long a phase took, in nanoseconds.</summary>
    public void Record(TimedPhase phase, long ns) => _durations[(int)phase].Record(ns);

    /// <summary>The value as another thread sees it.</summary>
    public long Read(Counter counter) => Volatile.Read(ref _cells[Padding + (int)counter]);

    /// <summary>The value of one entry of a family as another thread sees it; 0 for an index that the family does not have.</summary>
    public long Read(CounterFamily family, int index) =>
        (uint)index < (uint)_familySizes[(int)family] ? Volatile.Read(ref _cells[_familyStarts[(int)family] + index]) : 0;

    /// <summary>The histogram of a phase.</summary>
    public DurationHistogram Durations(TimedPhase phase) => _durations[(int)phase];
}
