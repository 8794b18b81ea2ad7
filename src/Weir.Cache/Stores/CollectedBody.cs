using System.Runtime.InteropServices;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Cache.Disk;

namespace Weir.Cache.Stores;

/// <summary>
/// A body that is put together while it arrives, on one loop. What fills a segment goes into the store's own memory at once; the rest lies in
/// buffers of the loop, which count against limits.memory, until the record is made.
/// </summary>
public sealed unsafe class CollectedBody
{
    private const int SmallOctets = 16 * 1024;
    private const int LargeOctets = 64 * 1024;

    private readonly MemoryStore _store;
    private readonly LoopServices _loop;
    private readonly long _mostOctets;
    private readonly List<LoopBuffer> _buffers = [];
    private readonly List<int> _extents = [];
    private int _lastUsed;

    /// <summary>An empty body for a store, collected on a loop; more than the most is refused.</summary>
    public CollectedBody(MemoryStore store, LoopServices loop, long mostOctets)
    {
        _store = store;
        _loop = loop;
        _mostOctets = Math.Min(mostOctets, store.MostBodyOctets);
    }

    // Of a body that is whole: it needs no buffers of a loop.
    private CollectedBody(MemoryStore store)
    {
        _store = store;
        _loop = null!;
    }

    /// <summary>Octets so far.</summary>
    public long Octets { get; private set; }

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
            if ((_buffers.Count == 0 || _lastUsed == _buffers[^1].Capacity) && !TryAddBuffer())
            {
                return false;
            }

            LoopBuffer last = _buffers[^1];
            int room = Math.Min(last.Capacity - _lastUsed, _store.SegmentOctets - TailOctets);
            int count = Math.Min(octets.Length, room);
            octets[..count].CopyTo(last.Span(_lastUsed, count));
            _lastUsed += count;
            TailOctets += count;
            Octets += count;
            octets = octets[count..];
            if (TailOctets == _store.SegmentOctets && !TryMoveTail())
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A checksum of what it holds, where it is small enough to tell for little; false: it is not.</summary>
    public bool TryChecksum(out uint checksum)
    {
        checksum = Crc32C.Start;
        if (Octets > LargeOctets || _extents.Count > 0)
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

    /// <summary>Gives everything back that no record got. Called once, also after it was stored.</summary>
    public void Release()
    {
        ReturnBuffers();
        if (_extents.Count > 0)
        {
            _store.ReturnExtents(_extents);
            _extents.Clear();
        }
    }

    /// <summary>The record takes the extents over, and a copy of the rest.</summary>
    internal void GiveTo(Span<int> extents, Span<byte> tail)
    {
        CollectionsMarshal.AsSpan(_extents).CopyTo(extents);
        _extents.Clear();
        CopyTail(tail);
    }

    /// <summary>Moves what is in no extent into one of its own; nothing may be appended afterwards unless it was full.</summary>
    internal bool TryMoveTail()
    {
        int extent = TailOctets == 0 ? -1 : _store.TakeExtent();
        if (extent < 0)
        {
            return false;
        }

        CopyTail(new Span<byte>((void*)_store.AddressOf(extent), _store.SegmentOctets));
        _extents.Add(extent);
        TailOctets = 0;
        ReturnBuffers();
        return true;
    }

    /// <summary>A body that is whole already, in the store's own memory; null: there is no place.</summary>
    internal static CollectedBody? OfWhole(MemoryStore store, ReadOnlySpan<byte> content)
    {
        CollectedBody body = new(store) { Octets = content.Length };
        while (!content.IsEmpty)
        {
            int extent = store.TakeExtent();
            if (extent < 0)
            {
                body.Release();
                return null;
            }

            int count = Math.Min(content.Length, store.SegmentOctets);
            content[..count].CopyTo(new Span<byte>((void*)store.AddressOf(extent), count));
            body._extents.Add(extent);
            content = content[count..];
        }

        return body;
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

    private void CopyTail(Span<byte> target)
    {
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

    private void ReturnBuffers()
    {
        foreach (LoopBuffer buffer in _buffers)
        {
            _loop.ReturnBuffer(buffer);
        }

        _buffers.Clear();
        _lastUsed = 0;
    }
}
