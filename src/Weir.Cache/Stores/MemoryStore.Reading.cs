using Weir.Abstractions.Exchanges;

namespace Weir.Cache.Stores;

/// <content>Readers that keep memory from being used again, and their bound.</content>
public sealed unsafe partial class MemoryStore
{
    // The share of the memory that slow readers may keep though it was evicted.
    private const int PinnedShare = 4;

    private readonly LaneReaders?[] _readers;
    private long _cut;

    /// <summary>Memory that was evicted and that readers keep from being used again, in octets.</summary>
    public long PinnedOctets => (long)_segments.RetiredCount * SegmentOctets;

    /// <summary>How much of that is suffered before those that read the longest are cut off.</summary>
    public long MostPinnedOctets => (long)MostRetired * SegmentOctets;

    /// <summary>Responses that were cut off for it.</summary>
    public long CutCount => Volatile.Read(ref _cut);

    private int ExcessRetired => _segments.RetiredCount - MostRetired;

    private int MostRetired => _segments.Count / PinnedShare;

    /// <summary>Who reads on a loop; only that loop asks.</summary>
    public LaneReaders ReadersOf(LoopServices loop)
    {
        if (_readers[loop.Index] is { } known)
        {
            return known;
        }

        LaneReaders readers = new(this, loop);
        Volatile.Write(ref _readers[loop.Index], readers);
        return readers;
    }

    /// <summary>By how many pieces readers keep too much now: what another loop has let go of meanwhile is not counted.</summary>
    internal int CountExcess()
    {
        lock (_gate)
        {
            _segments.Reclaim();
            return ExcessRetired;
        }
    }

    internal void NoteCut() => Interlocked.Increment(ref _cut);

    internal bool IsRetired(int segment) => _segments.IsRetired(segment);

    // With the lock held. The loops do it in turns of their own.
    private void RelievePins()
    {
        if (ExcessRetired <= 0)
        {
            return;
        }

        foreach (LaneReaders? readers in _readers)
        {
            readers?.Ask();
        }
    }
}
