// Hot: most fields of most responses are found here.
using System.Numerics;

namespace Weir.Http.Hpack;

/// <summary>
/// The dynamic table of an encoder. To find an entry costs one comparison: for each name only the newest value is looked at, because what
/// a connection says of one name is mostly what it said the last time.
/// </summary>
internal sealed class EncoderTable
{
    private const int FirstEntries = 32;
    private const int FirstOctets = 1024;

    // Names that are not known ones share these places by their hash.
    private const int OtherPlaces = 64;
    private const int KnownPlaces = 64;

    private readonly int[] _newest = new int[KnownPlaces + OtherPlaces];
    private byte[] _octets = [];
    private Entry[] _ring = [];
    private int _end;
    private int _head;
    private int _count;
    private int _inserted;

    /// <summary>RFC 7541 section 4.1.</summary>
    public int Size { get; private set; }

    /// <summary>The bound.</summary>
    public int MaxSize { get; private set; } = HpackSize.DefaultTable;

    /// <summary>Where the newest entry of a known name is remembered.</summary>
    public static int PlaceOf(Weir.Abstractions.Heads.KnownField field) => (int)field;

    /// <summary>Where the newest entry of another name is remembered; the name is in lower case.</summary>
    public static int PlaceOf(ReadOnlySpan<byte> name)
    {
        uint hash = ((uint)name.Length * 0x9E3779B1) ^ ((uint)name[0] * 0x85EBCA77) ^ ((uint)name[^1] * 0xC2B2AE3D) ^ ((uint)name[name.Length >> 1] * 0x27D4EB2F);
        return KnownPlaces + (int)(BitOperations.RotateLeft(hash, 7) >> 26);
    }

    /// <summary>
    /// Looks at the newest entry of a place. The HPACK index of the field (from 62) when it is there; else 0, and
    /// <paramref name="nameIndex"/> is the index of an entry with that name, or 0.
    /// </summary>
    public int Find(int place, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, out int nameIndex)
    {
        nameIndex = 0;
        int age = _inserted - _newest[place];
        if (_newest[place] == 0 || age >= _count)
        {
            return 0;
        }

        ref Entry entry = ref _ring[(_head + _count - 1 - age) & (_ring.Length - 1)];
        if (!_octets.AsSpan(entry.Offset, entry.NameLength).SequenceEqual(name))
        {
            return 0;
        }

        nameIndex = StaticTable.Count + 1 + age;
        return _octets.AsSpan(entry.Offset + entry.NameLength, entry.ValueLength).SequenceEqual(value) ? nameIndex : 0;
    }

    /// <summary>Whether a field is small enough that it does not push most of the others out.</summary>
    public bool IsWorthAdding(int nameLength, int valueLength) => (nameLength + valueLength + HpackSize.EntryOverhead) * 2 <= MaxSize;

    /// <summary>Adds a field that fits.</summary>
    public void Add(int place, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int size = name.Length + value.Length + HpackSize.EntryOverhead;
        Evict(MaxSize - size);
        EnsureRoom(name.Length + value.Length);
        if (_count == _ring.Length)
        {
            Grow();
        }

        _ring[(_head + _count) & (_ring.Length - 1)] = new Entry { Offset = _end, NameLength = name.Length, ValueLength = value.Length };
        name.CopyTo(_octets.AsSpan(_end));
        value.CopyTo(_octets.AsSpan(_end + name.Length));
        _end += name.Length + value.Length;
        _count++;
        Size += size;
        if (_inserted == int.MaxValue)
        {
            Array.Clear(_newest);
            _inserted = 0;
        }

        _newest[place] = ++_inserted;
    }

    /// <summary>Changes the bound and evicts what is too much.</summary>
    public void Resize(int maxSize)
    {
        MaxSize = maxSize;
        Evict(maxSize);
    }

    private void Evict(int maxSize)
    {
        while (Size > maxSize)
        {
            Size -= _ring[_head].NameLength + _ring[_head].ValueLength + HpackSize.EntryOverhead;
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
        public int NameLength;
        public int ValueLength;
    }
}
