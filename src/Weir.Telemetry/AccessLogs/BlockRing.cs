// Hot: one operation for some hundred lines. Lock-free for one thread that adds and one that takes.
using System.Runtime.InteropServices;

namespace Weir.Telemetry.AccessLogs;

/// <summary>A bounded queue of blocks between exactly two threads. It is made as long as there are blocks, so it is never full.</summary>
internal sealed class BlockRing
{
    private readonly LogBlock?[] _slots;
    private Positions _at;

    internal BlockRing(int capacity) => _slots = new LogBlock?[capacity];

    internal bool IsEmpty => Volatile.Read(ref _at.Added) == Volatile.Read(ref _at.Taken);

    /// <summary>Only by the adding thread. The caller vouches that there is room.</summary>
    internal void Add(LogBlock block)
    {
        long at = _at.Added;
        _slots[at % _slots.Length] = block;
        // The release publishes the block's content together with the position.
        Volatile.Write(ref _at.Added, at + 1);
    }

    /// <summary>Only by the taking thread; null when there is none.</summary>
    internal LogBlock? Take()
    {
        long at = _at.Taken;
        if (at == Volatile.Read(ref _at.Added))
        {
            return null;
        }

        LogBlock? block = _slots[at % _slots.Length];
        Volatile.Write(ref _at.Taken, at + 1);
        return block;
    }

    // Each thread's position on cache lines of its own.
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Positions
    {
        [FieldOffset(128)]
        internal long Added;

        [FieldOffset(256)]
        internal long Taken;
    }
}
