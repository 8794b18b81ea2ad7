namespace Weir.Net.Buffers;

/// <summary>What all loops together may use for buffers (limits.memory). Shared by threads: atomic, touched once per slab.</summary>
public sealed class BufferBudget
{
    private long _limitOctets;
    private long _usedOctets;

    /// <summary>A budget of that many octets.</summary>
    public BufferBudget(long limitOctets) => _limitOctets = limitOctets;

    /// <summary>Octets that may be used. A lower limit takes nothing back that is in use.</summary>
    public long LimitOctets
    {
        get => Volatile.Read(ref _limitOctets);
        set => Volatile.Write(ref _limitOctets, value);
    }

    /// <summary>Octets in use: slabs, whether their buffers are rented or not.</summary>
    public long UsedOctets => Volatile.Read(ref _usedOctets);

    internal bool TryTake(int octets)
    {
        if (Interlocked.Add(ref _usedOctets, octets) <= LimitOctets)
        {
            return true;
        }

        Interlocked.Add(ref _usedOctets, -octets);
        return false;
    }

    internal void Give(int octets) => Interlocked.Add(ref _usedOctets, -octets);
}
