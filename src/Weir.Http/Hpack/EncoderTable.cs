// Hot: most fields of most responses are found here.
using System.Numerics;

namespace Weir.Http.Hpack;

/// <summary>
/// The dynamic table of an encoder. To find an entry costs one comparison: for each name only the newest value is looked at, because what
/// a connection says of one name is mostly what it said the last time.
/// </summary>
internal sealed class EncoderTable
{
    // Names that are not known ones share these places by their hash.
    private const int OtherPlaces = 64;
    private const int KnownPlaces = 64;

    private readonly int[] _newest = new int[KnownPlaces + OtherPlaces];
    private readonly DynamicTable _entries = new(HpackSize.DefaultTable, uncounted: 0);
    private int _inserted;

    /// <summary>RFC 7541 section 4.1.</summary>
    public int Size => _entries.Size;

    /// <summary>The bound.</summary>
    public int MaxSize => _entries.MaxSize;

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
        if (_newest[place] == 0 || age >= _entries.Count || !_entries.Name(age).SequenceEqual(name))
        {
            return 0;
        }

        nameIndex = StaticTable.Count + 1 + age;
        return _entries.Rest(age).SequenceEqual(value) ? nameIndex : 0;
    }

    /// <summary>Whether a field is small enough that it does not push most of the others out.</summary>
    public bool IsWorthAdding(int nameLength, int valueLength) => (nameLength + valueLength + HpackSize.EntryOverhead) * 2 <= MaxSize;

    /// <summary>Adds a field that fits.</summary>
    public void Add(int place, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Span<byte> room = _entries.Add(name.Length + value.Length, name.Length, default);
        name.CopyTo(room);
        value.CopyTo(room[name.Length..]);
        if (_inserted == int.MaxValue)
        {
            Array.Clear(_newest);
            _inserted = 0;
        }

        _newest[place] = ++_inserted;
    }

    /// <summary>Changes the bound and evicts what is too much.</summary>
    public void Resize(int maxSize) => _entries.Resize(maxSize);
}
