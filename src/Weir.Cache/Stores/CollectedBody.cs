using System.Runtime.InteropServices;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Cache.Disk;

namespace Weir.Cache.Stores;

/// <summary>
/// A body that is put together while it arrives, on one loop. What is more than two buffers lies in the store's own memory, in segments
/// that it takes while it grows; the rest lies in buffers of the loop, which count against limits.memory, until the record is made. Octets
/// stay where they are until <see cref="Release"/>, so that others may read them meanwhile.
/// </summary>
public sealed unsafe class CollectedBody
{
    private const int SmallOctets = 16 * 1024;
    private const int LargeOctets = 64 * 1024;

    // What is known to become more gets a segment at once.
    private const int MostBuffered = SmallOctets + LargeOctets;
    private const int NoSegment = -1;

    private readonly MemoryStore _store;
    private readonly LoopServices _loop;
    private readonly long _mostOctets;
    private readonly long _announced;
    private readonly List<LoopBuffer> _buffers = [];

    // Buffers whose octets lie in a segment by now: somebody may still read them.
    private readonly List<LoopBuffer> _spent = [];
    private readonly List<int> _extents = [];

    // The segment that the tail lies in; where there is none, it lies in buffers.
    private int _scratch = NoSegment;
    private int _lastUsed;
    private bool _isScratchRefused;
    private bool _isGiven;

    /// <summary>An empty body for a store, collected on a loop; more than the most is refused.</summary>
    /// <param name="store">The store.</param>
    /// <param name="loop">The loop.</param>
    /// <param name="mostOctets">More is refused.</param>
    /// <param name="announced">How many octets are to come; less than 0: nobody knows.</param>
    public CollectedBody(MemoryStore store, LoopServices loop, long mostOctets, long announced = -1)
    {
        _store = store;
        _loop = loop;
        _mostOctets = Math.Min(mostOctets, store.MostBodyOctets);
        _announced = announced;
    }

    // Of a body that is whole: it needs no buffers of a loop.
    private CollectedBody(MemoryStore store)
    {
        _store = store;
        _loop = null!;
    }

    /// <summary>Whether what a record takes over stays where it is until <see cref="Release"/>: somebody may read it here.</summary>
    public bool IsRead { get; init; }

    /// <summary>Octets so far.</summary>
    public long Octets { get; private set; }

    /// <summary>Whether there is no place for what came: the share for bodies that arrive is spent, or slow readers hold it.</summary>
    public bool HasNoRoom { get; private set; }

    /// <summary>Octets that are in no extent.</summary>
    internal int TailOctets { get; private set; }

    internal List<int> Extents => _extents;

    /// <summary>Whether a body of an announced length can be stored at all.</summary>
    public static bool Fits(MemoryStore store, long octets, long mostOctets) => octets <= Math.Min(mostOctets, store.MostBodyOctets);

    /// <summary>Appends octets; false: there is no memory for them, or there are too many. Then it is given up.</summary>
    public bool TryAppend(ReadOnlySpan<byte> octets)
    {
        if (Octets + octets.Length > _mostOctets)
        {
            return false;
        }

        while (!octets.IsEmpty)
        {
            NativeSlice placed = Append(octets);
            if (placed.IsEmpty)
            {
                return false;
            }

            octets = octets[placed.Length..];
        }

        return true;
    }

    /// <summary>
    /// Appends as many octets as find room together, and says where they lie until <see cref="Release"/>. Empty: there is no memory for
    /// them, or there are too many.
    /// </summary>
    public NativeSlice Append(ReadOnlySpan<byte> octets)
    {
        if (Octets + octets.Length > _mostOctets || !TryFindRoom(octets.Length, out nint address, out int room))
        {
            return default;
        }

        int count = Math.Min(octets.Length, room);
        octets[..count].CopyTo(new Span<byte>((void*)address, count));
        _lastUsed += count;
        TailOctets += count;
        Octets += count;
        return new NativeSlice(address, count);
    }

    /// <summary>A checksum of what it holds, where it is small enough to tell for little; false: it is not.</summary>
    public bool TryChecksum(out uint checksum)
    {
        checksum = Crc32C.Start;
        if (Octets > LargeOctets || _extents.Count > 0 || _scratch != NoSegment)
        {
            return false;
        }

        int left = TailOctets;
        foreach (LoopBuffer buffer in _buffers)
        {
            ReadOnlySpan<byte> octets = buffer.Span(0, Math.Min(buffer.Capacity, left));
            left -= octets.Length;
            checksum = Crc32C.Add(checksum, octets);
        }

        return true;
    }

    /// <summary>Gives everything back that no record got. Called once, on its loop, also after it was stored.</summary>
    public void Release()
    {
        ReturnBuffers(_buffers);
        ReturnBuffers(_spent);
        if (_isGiven)
        {
            _store.Unpin(_loop.Index, _extents);
            _extents.Clear();
        }

        if (_scratch != NoSegment)
        {
            _extents.Add(_scratch);
            _scratch = NoSegment;
        }

        if (_extents.Count > 0)
        {
            _store.ReturnExtents(_extents);
            _extents.Clear();
        }
    }

    /// <summary>How many pieces of memory are kept here alone.</summary>
    internal int CountRetired() => _isGiven ? _extents.Count(_store.IsRetired) : 0;

    /// <summary>The record takes the extents over, and a copy of the rest; what is read here meanwhile stays pinned.</summary>
    internal void GiveTo(Span<int> extents, Span<byte> tail)
    {
        CollectionsMarshal.AsSpan(_extents).CopyTo(extents);
        _isGiven = IsRead && _extents.Count > 0;
        if (_isGiven)
        {
            _store.Pin(_loop.Index, _extents);
        }
        else
        {
            _extents.Clear();
        }

        CopyTail(tail);
    }

    /// <summary>Moves what is in no extent into one of its own; nothing may be appended afterwards unless it was full.</summary>
    internal bool TryMoveTail()
    {
        if (TailOctets == 0 || (_scratch == NoSegment && !TryMoveToSegment(_store.TakeExtent())))
        {
            return false;
        }

        _extents.Add(_scratch);
        _scratch = NoSegment;
        _isScratchRefused = false;
        TailOctets = 0;
        return true;
    }

    /// <summary>
    /// Room in the store's own memory for a body of a known length, to be filled with <see cref="Put"/>; null: there is no place.
    /// </summary>
    internal static CollectedBody? TryOfWhole(MemoryStore store, long octets)
    {
        CollectedBody body = new(store) { Octets = octets };
        for (long left = octets; left > 0; left -= store.SegmentOctets)
        {
            int extent = store.TakeExtent();
            if (extent < 0)
            {
                body.Release();
                return null;
            }

            body._extents.Add(extent);
        }

        return body;
    }

    /// <summary>Fills a part of it.</summary>
    internal void Put(long at, ReadOnlySpan<byte> content)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(at + content.Length, Octets);
        while (!content.IsEmpty)
        {
            int within = (int)(at % _store.SegmentOctets);
            int count = Math.Min(content.Length, _store.SegmentOctets - within);
            content[..count].CopyTo(new Span<byte>((void*)(_store.AddressOf(_extents[(int)(at / _store.SegmentOctets)]) + within), count));
            content = content[count..];
            at += count;
        }
    }

    /// <summary>Appends all of it to a body that goes to the disk. False: that was given up.</summary>
    internal bool TryCopyTo(LargeWrite large)
    {
        foreach (int extent in _extents)
        {
            if (!large.TryAppend(new ReadOnlySpan<byte>((void*)_store.AddressOf(extent), _store.SegmentOctets)))
            {
                return false;
            }
        }

        if (_scratch != NoSegment)
        {
            return large.TryAppend(new ReadOnlySpan<byte>((void*)_store.AddressOf(_scratch), TailOctets));
        }

        int left = TailOctets;
        foreach (LoopBuffer buffer in _buffers)
        {
            int count = Math.Min(buffer.Capacity, left);
            if (!large.TryAppend(buffer.Span(0, count)))
            {
                return false;
            }

            left -= count;
        }

        return true;
    }

    private bool TryFindRoom(int wanted, out nint address, out int room)
    {
        address = 0;
        room = 0;
        if (TailOctets == _store.SegmentOctets && !TryMoveTail())
        {
            HasNoRoom = true;
            return false;
        }

        if (_scratch == NoSegment && !_isScratchRefused && IsForSegment(wanted))
        {
            _isScratchRefused = !TryMoveToSegment(_store.TakeScratch());
        }

        if (_scratch != NoSegment)
        {
            address = _store.AddressOf(_scratch) + TailOctets;
            room = _store.SegmentOctets - TailOctets;
            return true;
        }

        if ((_buffers.Count == 0 || _lastUsed == _buffers[^1].Capacity) && !TryAddBuffer())
        {
            HasNoRoom = true;
            return false;
        }

        address = _buffers[^1].Address + _lastUsed;
        room = Math.Min(_buffers[^1].Capacity - _lastUsed, _store.SegmentOctets - TailOctets);
        return true;
    }

    // Many small bodies arrive at once; a segment for each would be too much.
    private bool IsForSegment(int wanted) =>
        TailOctets == 0 ? Math.Max(_announced - Octets, wanted) > MostBuffered : TailOctets >= MostBuffered;

    private bool TryMoveToSegment(int segment)
    {
        if (segment < 0)
        {
            return false;
        }

        CopyTail(new Span<byte>((void*)_store.AddressOf(segment), _store.SegmentOctets));
        _scratch = segment;
        if (IsRead)
        {
            _spent.AddRange(_buffers);
            _buffers.Clear();
        }
        else
        {
            ReturnBuffers(_buffers);
        }

        return true;
    }

    private void CopyTail(Span<byte> target)
    {
        if (_scratch != NoSegment)
        {
            new ReadOnlySpan<byte>((void*)_store.AddressOf(_scratch), TailOctets).CopyTo(target);
            return;
        }

        int at = 0;
        foreach (LoopBuffer buffer in _buffers)
        {
            int count = Math.Min(buffer.Capacity, TailOctets - at);
            buffer.Span(0, count).CopyTo(target[at..]);
            at += count;
        }
    }

    private bool TryAddBuffer()
    {
        if (_loop.TryRentBuffer(_buffers.Count == 0 && _extents.Count == 0 ? SmallOctets : LargeOctets) is not { } buffer)
        {
            return false;
        }

        _buffers.Add(buffer);
        _lastUsed = 0;
        return true;
    }

    private void ReturnBuffers(List<LoopBuffer> buffers)
    {
        foreach (LoopBuffer buffer in buffers)
        {
            _loop.ReturnBuffer(buffer);
        }

        buffers.Clear();
    }
}
