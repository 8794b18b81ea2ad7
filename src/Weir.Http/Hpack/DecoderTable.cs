// Hot: most fields of most requests are one look-up here.
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Weir.Http.Hpack;

/// <summary>
/// The dynamic table of a decoder (RFC 7541 section 2.3.2): lines in one buffer, oldest first, and a ring of where they are. It holds no
/// memory until something is added.
/// </summary>
internal sealed class DecoderTable
{
    private const int FirstEntries = 16;
    private const int FirstOctets = 1024;

    private byte[] _octets = [];
    private Entry[] _ring = [];
    private int _end;
    private int _head;
    private int _count;
    private int _maxSize;

    public DecoderTable(int maxSize) => _maxSize = maxSize;

    /// <summary>Entries now.</summary>
    public int Count => _count;

    /// <summary>RFC 7541 section 4.1: what the entries count for.</summary>
    public int Size { get; private set; }

    /// <summary>Changes the bound and evicts what is too much.</summary>
    public void Resize(int maxSize)
    {
        _maxSize = maxSize;
        Evict(maxSize);
    }

    /// <summary>An entry; 0 is the newest. The caller knows that it is there.</summary>
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

    /// <summary>
    /// Adds a line, which lies in other memory than the table's. RFC 7541 section 4.4: an entry that is larger than the table empties it,
    /// and that is no error.
    /// </summary>
    public void Add(ReadOnlySpan<byte> line, int nameLength, in FieldClass kind)
    {
        int size = line.Length - FieldLine.Octets + HpackSize.EntryOverhead;
        if (size > _maxSize)
        {
            Evict(0);
            return;
        }

        Evict(_maxSize - size);
        EnsureRoom(line.Length);
        if (_count == _ring.Length)
        {
            Grow();
        }

        int slot = (_head + _count) & (_ring.Length - 1);
        _ring[slot] = new Entry { Offset = _end, Length = line.Length, NameLength = nameLength, Class = kind };
        line.CopyTo(_octets.AsSpan(_end));
        _end += line.Length;
        _count++;
        Size += size;
    }

    private ref Entry At(int index)
    {
        Debug.Assert((uint)index < (uint)_count, "The decoder has looked.");
        return ref _ring[(_head + _count - 1 - index) & (_ring.Length - 1)];
    }

    private void Evict(int maxSize)
    {
        while (Size > maxSize)
        {
            Size -= _ring[_head].Length - FieldLine.Octets + HpackSize.EntryOverhead;
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
