// Hot: most fields of most messages are one look-up here.
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Weir.Http.Hpack;

/// <summary>
/// A dynamic table (RFC 7541 section 2.3.2), for either role: fields in one buffer, oldest first, and a ring of where they are. It holds no
/// memory until something is added.
/// </summary>
internal sealed class DynamicTable
{
    private const int FirstEntries = 16;
    private const int FirstOctets = 1024;

    private readonly int _uncounted;
    private byte[] _octets = [];
    private Entry[] _ring = [];
    private int _end;
    private int _head;
    private int _count;

    /// <summary>A table.</summary>
    /// <param name="maxSize">The bound at first.</param>
    /// <param name="uncounted">Octets of each stored field that stand neither in its name nor in its value.</param>
    public DynamicTable(int maxSize, int uncounted)
    {
        MaxSize = maxSize;
        _uncounted = uncounted;
    }

    /// <summary>Entries now.</summary>
    public int Count => _count;

    /// <summary>RFC 7541 section 4.1: what the entries count for.</summary>
    public int Size { get; private set; }

    /// <summary>The bound.</summary>
    public int MaxSize { get; private set; }

    /// <summary>Changes the bound and evicts what is too much.</summary>
    public void Resize(int maxSize)
    {
        MaxSize = maxSize;
        Evict(maxSize);
    }

    /// <summary>An entry of whole lines; 0 is the newest. The caller knows that it is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public HpackField Field(int index)
    {
        ref Entry entry = ref At(index);
        return new HpackField(_octets.AsSpan(entry.Offset, entry.Length), entry.Class, entry.NameLength);
    }

    /// <summary>An entry's name; 0 is the newest. Valid until something is added.</summary>
    public ReadOnlySpan<byte> Name(int index)
    {
        ref Entry entry = ref At(index);
        return _octets.AsSpan(entry.Offset, entry.NameLength);
    }

    /// <summary>What an entry holds behind its name; 0 is the newest. Valid until something is added.</summary>
    public ReadOnlySpan<byte> Rest(int index)
    {
        ref Entry entry = ref At(index);
        return _octets.AsSpan(entry.Offset + entry.NameLength, entry.Length - entry.NameLength);
    }

    /// <summary>
    /// Adds an entry and returns its octets, which the caller fills from other memory than the table's. RFC 7541 section 4.4: an entry that
    /// is larger than the table empties it, and that is no error; nothing is returned then.
    /// </summary>
    public Span<byte> Add(int octets, int nameLength, in FieldClass kind)
    {
        int size = SizeOf(octets);
        if (size > MaxSize)
        {
            Evict(0);
            return [];
        }

        Evict(MaxSize - size);
        EnsureRoom(octets);
        if (_count == _ring.Length)
        {
            Grow();
        }

        int slot = (_head + _count) & (_ring.Length - 1);
        _ring[slot] = new Entry { Offset = _end, Length = octets, NameLength = nameLength, Class = kind };
        Span<byte> room = _octets.AsSpan(_end, octets);
        _end += octets;
        _count++;
        Size += size;
        return room;
    }

    private int SizeOf(int octets) => octets - _uncounted + HpackSize.EntryOverhead;

    private ref Entry At(int index)
    {
        Debug.Assert((uint)index < (uint)_count, "The caller has looked.");
        return ref _ring[(_head + _count - 1 - index) & (_ring.Length - 1)];
    }

    private void Evict(int maxSize)
    {
        while (Size > maxSize)
        {
            Size -= SizeOf(_ring[_head].Length);
            _head = (_head + 1) & (_ring.Length - 1);
            _count--;
        }

        if (_count == 0)
        {
            _end = 0;
        }
    }

    private void EnsureRoom(int octets)
    {
        if (_octets.Length - _end >= octets)
        {
            return;
        }

        // What lives is at most the table's size: moving it to the front of twice that is paid for by as many octets added since.
        int start = _count == 0 ? 0 : _ring[_head].Offset;
        int live = _end - start;
        byte[] target = _octets;
        if ((live + octets) * 2 > target.Length)
        {
            target = new byte[Math.Max(FirstOctets, (live + octets) * 2)];
        }

        _octets.AsSpan(start, live).CopyTo(target);
        _octets = target;
        for (int i = 0; i < _count; i++)
        {
            _ring[(_head + i) & (_ring.Length - 1)].Offset -= start;
        }

        _end = live;
    }

    private void Grow()
    {
        Entry[] larger = new Entry[Math.Max(FirstEntries, _ring.Length * 2)];
        for (int i = 0; i < _count; i++)
        {
            larger[i] = _ring[(_head + i) & (_ring.Length - 1)];
        }

        _ring = larger;
        _head = 0;
    }

    private struct Entry
    {
        public int Offset;
        public int Length;
        public int NameLength;
        public FieldClass Class;
    }
}
