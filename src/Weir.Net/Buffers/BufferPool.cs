// Hot: two rents and two returns for every proxied request.
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Weir.Net.Buffers;

/// <summary>
/// The buffers of one size of one loop. They come from slabs of 1 MiB that are counted against the process's <see cref="BufferBudget"/>;
/// a slab that was idle for a minute is given back. Not thread-safe: a pool belongs to its loop.
/// </summary>
public sealed unsafe class BufferPool
{
    private const int SlabOctets = 1 << 20;
    private const int SlabIdleMs = 60_000;

    private readonly BufferBudget _budget;
    private readonly int _bufferOctets;
    private readonly List<Slab> _slabs = [];
    private NativeBuffer? _free;
    private int _rented;

    /// <summary>A pool of buffers of that size.</summary>
    public BufferPool(BufferBudget budget, int bufferOctets)
    {
        _budget = budget;
        _bufferOctets = bufferOctets;
    }

    /// <summary>Buffers that are rented now: 0 when nothing is in flight. Tests count on it.</summary>
    public int RentedCount => _rented;

    /// <summary>Octets that all pools of the process together may use.</summary>
    public long LimitOctets => _budget.LimitOctets;

    /// <summary>Slabs held.</summary>
    public int SlabCount => _slabs.Count;

    /// <summary>A buffer, or null when the budget is spent.</summary>
    public NativeBuffer? TryRent()
    {
        NativeBuffer? buffer = _free;
        if (buffer is null)
        {
            if (!TryAddSlab())
            {
                return null;
            }

            buffer = _free!;
        }

        _free = buffer.NextFree;
        buffer.NextFree = null;
        buffer.IsRented = true;
        buffer.Slab.RentedCount++;
        _rented++;
        return buffer;
    }

    /// <summary>Gives a buffer back. Its octets must not be touched any more.</summary>
    public void Return(NativeBuffer buffer, long nowMs)
    {
        Debug.Assert(buffer.IsRented && buffer.Capacity == _bufferOctets, "A buffer is returned once, to its own pool.");
        buffer.IsRented = false;
        buffer.NextFree = _free;
        _free = buffer;
        _rented--;
        Slab slab = buffer.Slab;
        if (--slab.RentedCount == 0)
        {
            slab.IdleSinceMs = nowMs;
        }
    }

    /// <summary>Gives slabs back that were idle for a minute, all but one. Called now and then, not per request.</summary>
    public void Trim(long nowMs)
    {
        bool anyRemoved = false;
        for (int i = _slabs.Count - 1; i >= 0 && _slabs.Count > 1; i--)
        {
            Slab slab = _slabs[i];
            if (slab.RentedCount == 0 && nowMs - slab.IdleSinceMs >= SlabIdleMs)
            {
                _slabs.RemoveAt(i);
                Release(slab);
                anyRemoved = true;
            }
        }

        if (anyRemoved)
        {
            RebuildFreeList();
        }
    }

    /// <summary>Frees everything; no buffer may be rented any more.</summary>
    public void Clear()
    {
        foreach (Slab slab in _slabs)
        {
            Release(slab);
        }

        _slabs.Clear();
        _free = null;
    }

    private bool TryAddSlab()
    {
        if (!_budget.TryTake(SlabOctets))
        {
            return false;
        }

        nint address = (nint)NativeMemory.AlignedAlloc(SlabOctets, 4096);
        Slab slab = new(address, SlabOctets);
        NativeBuffer[] buffers = new NativeBuffer[SlabOctets / _bufferOctets];
        for (int i = buffers.Length - 1; i >= 0; i--)
        {
            buffers[i] = new NativeBuffer(slab, address + ((nint)i * _bufferOctets), _bufferOctets) { NextFree = _free };
            _free = buffers[i];
        }

        slab.Buffers = buffers;
        _slabs.Add(slab);
        return true;
    }

    private void Release(Slab slab)
    {
        NativeMemory.AlignedFree((void*)slab.Address);
        _budget.Give(slab.Octets);
    }

    private void RebuildFreeList()
    {
        _free = null;
        foreach (Slab slab in _slabs)
        {
            foreach (NativeBuffer buffer in slab.Buffers)
            {
                if (!buffer.IsRented)
                {
                    buffer.NextFree = _free;
                    _free = buffer;
                }
            }
        }
    }
}
