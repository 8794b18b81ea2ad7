using System.Runtime.InteropServices;

namespace Weir.Cache.Stores;

/// <summary>
/// The memory of a store, in segments of one size: taken from the system when first needed, reused when no lane holds it. All but
/// <see cref="AddressOf"/> is guarded by the store's lock.
/// </summary>
internal sealed unsafe class SegmentSet
{
    private const int Page = 4096;

    private readonly nint[] _addresses;
    private readonly SegmentState[] _states;
    private readonly StoreLane[] _lanes;
    private readonly Stack<int> _free = new();
    private readonly Queue<int> _retired = new();
    private int _allocated;

    public SegmentSet(int count, int octets, StoreLane[] lanes)
    {
        _addresses = new nint[count];
        _states = new SegmentState[count];
        _lanes = lanes;
        Octets = octets;
    }

    /// <summary>Octets of one segment.</summary>
    public int Octets { get; }

    public int Count => _addresses.Length;

    /// <summary>Segments that are there, used or not.</summary>
    public int Allocated => _allocated;

    /// <summary>Segments that somebody still reads though nothing leads there.</summary>
    public int RetiredCount => _retired.Count;

    /// <summary>Whether nothing leads to it any more. Without the lock it may be yet, or no longer, so.</summary>
    public bool IsRetired(int segment) => _states[segment] == SegmentState.Retired;

    public nint AddressOf(int segment) => _addresses[segment];

    /// <summary>Segments that could be taken now.</summary>
    public int FreeCount => _free.Count + Count - _allocated;

    /// <summary>Takes a free segment; -1: there is none.</summary>
    public int Take(SegmentState state)
    {
        int segment = _free.Count > 0 ? _free.Pop() : _allocated < Count ? Allocate() : -1;
        if (segment >= 0)
        {
            _states[segment] = state;
        }

        return segment;
    }

    /// <summary>Nothing leads to the segment any more: it is free once nobody holds it.</summary>
    public void Retire(int segment)
    {
        _states[segment] = SegmentState.Retired;
        _retired.Enqueue(segment);
    }

    /// <summary>Frees what was retired and is held by nobody.</summary>
    public void Reclaim()
    {
        // Whoever was unlinked before this is seen as unlinked by who takes a hold after it; whoever held before is seen here.
        Interlocked.MemoryBarrier();
        for (int left = _retired.Count; left > 0; left--)
        {
            int segment = _retired.Dequeue();
            if (IsHeld(segment))
            {
                _retired.Enqueue(segment);
                continue;
            }

            _states[segment] = SegmentState.Free;
            _free.Push(segment);
        }
    }

    /// <summary>Gives the memory of free segments back to the system; they cannot be taken any more.</summary>
    public void FreeUnused()
    {
        while (_free.TryPop(out int segment))
        {
            NativeMemory.AlignedFree((void*)_addresses[segment]);
            _addresses[segment] = 0;
        }
    }

    /// <summary>Gives all memory back: nobody holds anything any more.</summary>
    public void Free()
    {
        for (int i = 0; i < _allocated; i++)
        {
            NativeMemory.AlignedFree((void*)_addresses[i]);
        }

        _allocated = 0;
    }

    private int Allocate()
    {
        Volatile.Write(ref _addresses[_allocated], (nint)NativeMemory.AlignedAlloc((nuint)Octets, Page));
        return _allocated++;
    }

    private bool IsHeld(int segment)
    {
        foreach (StoreLane lane in _lanes)
        {
            if (lane.Holds(segment))
            {
                return true;
            }
        }

        return false;
    }
}
