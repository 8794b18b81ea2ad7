namespace Weir.Cache.Disk;

/// <summary>
/// A segment's file and who reads it. A reader pins it, then looks whether it still lives the life that the reader knows of; who wants to
/// overwrite it ends that life first, then counts pins. One of the two sees the other.
/// </summary>
internal sealed class DiskSegment
{
    private readonly IDiskFile _file;
    private ulong _sequence;
    private ulong _leastNumber = ulong.MaxValue;
    private int _pins;

    public DiskSegment(int number, IDiskFile file)
    {
        Number = number;
        _file = file;
    }

    /// <summary>Its number, from 0.</summary>
    public int Number { get; }

    /// <summary>Octets written in this life. Only the writer's thread.</summary>
    public long UsedOctets { get; set; }

    /// <summary>The least number of its records, as purges count. Only the writer's thread changes it.</summary>
    public ulong LeastNumber
    {
        get => Volatile.Read(ref _leastNumber);
        set => Volatile.Write(ref _leastNumber, value);
    }

    /// <summary>Which life it lives; 0: none, nothing in it counts.</summary>
    public ulong Sequence => Volatile.Read(ref _sequence);

    public bool IsPinned
    {
        get
        {
            Interlocked.MemoryBarrier();
            return Volatile.Read(ref _pins) != 0;
        }
    }

    public IDiskFile File => _file;

    public void Begin(ulong sequence) => Volatile.Write(ref _sequence, sequence);

    public void End() => Interlocked.Exchange(ref _sequence, 0);

    public void Pin() => Interlocked.Increment(ref _pins);

    public void Unpin() => Interlocked.Decrement(ref _pins);

    /// <summary>Pins the life that a run was written in; false: it is over.</summary>
    public bool TryPin(ulong sequence)
    {
        Pin();
        if (Sequence == sequence)
        {
            return true;
        }

        Unpin();
        return false;
    }
}
