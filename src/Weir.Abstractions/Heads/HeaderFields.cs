// Hot: every request and response goes through this type. See bench/.
using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Weir.Abstractions.Heads;

/// <summary>
/// The fields of one head, in received order, in one byte arena that is reused by the next exchange. Nothing is turned into
/// text unless a caller asks for it. Spans returned by this type are valid until the next call that adds or clears.
/// </summary>
/// <remarks>
/// A parser copies the received block once (<see cref="Load"/>) and records offsets (<see cref="AddLoaded"/>). Names are tokens
/// and values contain no NUL, CR or LF and no surrounding white space: the parser guarantees it for what was received, and
/// <see cref="Add(ReadOnlySpan{byte}, ReadOnlySpan{byte})"/> checks it for what code adds.
/// </remarks>
public sealed class HeaderFields
{
    private const int InitialArenaBytes = 1024;
    private const int RetainedArenaBytes = 16 * 1024;
    private const int InitialEntries = 32;
    private const int RetainedEntries = 256;

    // What a copy has left for fields that are added to it.
    private const int SpareCopyBytes = 128;
    private const int SpareCopyEntries = 4;

    private byte[] _arena;
    private Entry[] _entries;
    private int _arenaUsed;
    private int _count;
    private int _live;
    private ulong _present;

    /// <summary>No fields, with memory for those of most heads.</summary>
    public HeaderFields()
        : this(InitialArenaBytes, InitialEntries)
    {
    }

    private HeaderFields(int arenaBytes, int entries)
    {
        _arena = GC.AllocateUninitializedArray<byte>(arenaBytes);
        _entries = new Entry[entries];
    }

    /// <summary>
    /// Slots in use, removed ones included: the bound for an index. Skip those for which <see cref="IsRemoved"/> is true.
    /// </summary>
    public int SlotCount => _count;

    /// <summary>Fields that are there.</summary>
    public int Count => _live;

    /// <summary>Octets used in the arena: the memory that this head pins.</summary>
    public int ArenaBytes => _arenaUsed;

    /// <summary>The arena, for slices that were recorded by <see cref="Load"/> or <see cref="Store"/>.</summary>
    public ReadOnlySpan<byte> Slice(ByteSlice slice) => _arena.AsSpan(slice.Offset, slice.Length);

    /// <summary>Whether a field of this name may be there; never a false no, and a yes is exact for known names.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Has(KnownField field) => (_present & (1UL << (int)field)) != 0;

    /// <summary>Whether any field of the mask is there; the mask is a sum of <see cref="Mask"/> values.</summary>
    public bool HasAny(ulong mask) => (_present & mask) != 0;

    /// <summary>The bit of a known name, to build masks for <see cref="HasAny"/>.</summary>
    public static ulong Mask(KnownField field) => 1UL << (int)field;

    /// <summary>Copies a received block into the empty arena, for what <see cref="AddLoaded"/> recorded or will record.</summary>
    public void Load(ReadOnlySpan<byte> block)
    {
        Debug.Assert(_arenaUsed == 0, "A block is the first thing in the arena.");
        EnsureArena(block.Length);
        block.CopyTo(_arena);
        _arenaUsed = block.Length;
    }

    /// <summary>Records a field whose name and value lie in the loaded block.</summary>
    public void AddLoaded(KnownField field, int nameOffset, int nameLength, int valueOffset, int valueLength)
    {
        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, _entries.Length * 2);
        }

        _entries[_count++] = new Entry(nameOffset, nameLength, valueOffset, valueLength, field);
        _live++;
        _present |= 1UL << (int)field;
    }

    /// <summary>
    /// Says of the field that was added last that no hop may put it into a table: its sender asked for that, and whoever forwards it must
    /// ask for it too (RFC 7541 section 6.2.3).
    /// </summary>
    public void KeepLastOutOfTables() => _entries[_count - 1].IsKeptOutOfTables = true;

    /// <summary>Whether a field must not be put into a table on its way.</summary>
    public bool IsKeptOutOfTables(int slot) => _entries[slot].IsKeptOutOfTables;

    /// <summary>Copies octets into the arena and returns where they are.</summary>
    public ByteSlice Store(ReadOnlySpan<byte> bytes)
    {
        EnsureArena(bytes.Length);
        bytes.CopyTo(_arena.AsSpan(_arenaUsed));
        ByteSlice slice = new(_arenaUsed, bytes.Length);
        _arenaUsed += bytes.Length;
        return slice;
    }

    /// <summary>Room at the end of the arena, to be written and then claimed with <see cref="Commit"/>.</summary>
    public Span<byte> Reserve(int atLeast)
    {
        EnsureArena(atLeast);
        return _arena.AsSpan(_arenaUsed);
    }

    /// <summary>Claims the first octets of what <see cref="Reserve"/> returned.</summary>
    public ByteSlice Commit(int length)
    {
        ByteSlice slice = new(_arenaUsed, length);
        _arenaUsed += length;
        return slice;
    }

    /// <summary>Adds a field with a known name whose value was claimed with <see cref="Commit"/> or <see cref="Store"/>.</summary>
    public void AddStored(KnownField field, ByteSlice value)
    {
        Debug.Assert(field != KnownField.Other, "Stored values belong to known names.");
        AddLoaded(field, -1, KnownFields.Bytes(field).Length, value.Offset, value.Length);
    }

    /// <summary>Adds a field with a known name. The value must hold no NUL, CR or LF.</summary>
    public void Add(KnownField field, ReadOnlySpan<byte> value)
    {
        Debug.Assert(value.IndexOfAny((byte)0, (byte)'\r', (byte)'\n') < 0, "A value must not be able to end its line.");
        AddStored(field, Store(value));
    }

    /// <summary>Adds a field.</summary>
    /// <exception cref="ArgumentException">The name is not a token, or the value holds NUL, CR or LF (RFC 9110 section 5.5).</exception>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!FieldSyntax.IsToken(name) || !FieldSyntax.IsValue(value))
        {
            throw new ArgumentException(
                $"'{Encoding.Latin1.GetString(name)}' is not a field name, or its value holds a control character.", nameof(name));
        }

        KnownField field = KnownFields.Find(name);
        if (field != KnownField.Other)
        {
            AddStored(field, Store(value));
            return;
        }

        ByteSlice storedName = Store(name);
        ByteSlice storedValue = Store(value);
        AddLoaded(KnownField.Other, storedName.Offset, storedName.Length, storedValue.Offset, storedValue.Length);
    }

    /// <summary>Adds a field given as text (Latin-1).</summary>
    public void Add(string name, string value) => Add(Encoding.Latin1.GetBytes(name), Encoding.Latin1.GetBytes(value));

    /// <summary>Replaces every field of this name by one.</summary>
    public void Set(KnownField field, ReadOnlySpan<byte> value)
    {
        Remove(field);
        Add(field, value);
    }

    /// <summary>Replaces every field of this name by one.</summary>
    /// <exception cref="ArgumentException">As <see cref="Add(ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>.</exception>
    public void Set(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Remove(name);
        Add(name, value);
    }

    /// <summary>Whether the slot was removed.</summary>
    public bool IsRemoved(int slot) => _entries[slot].ValueOffset < 0;

    /// <summary>The name as it was received, or in canonical spelling if code added it.</summary>
    public ReadOnlySpan<byte> NameAt(int slot)
    {
        ref Entry entry = ref _entries[slot];
        return entry.NameOffset < 0 ? KnownFields.Bytes(entry.Field) : _arena.AsSpan(entry.NameOffset, entry.NameLength);
    }

    /// <summary>The value without surrounding white space.</summary>
    public ReadOnlySpan<byte> ValueAt(int slot)
    {
        ref Entry entry = ref _entries[slot];
        return _arena.AsSpan(entry.ValueOffset, entry.ValueLength);
    }

    /// <summary>Where the value lies: unlike a span, it stays valid when the arena grows.</summary>
    public ByteSlice ValueSliceAt(int slot) => new(_entries[slot].ValueOffset, _entries[slot].ValueLength);

    /// <summary>The known name of a slot, or <see cref="KnownField.Other"/>.</summary>
    public KnownField FieldAt(int slot) => _entries[slot].Field;

    /// <summary>
    /// The whole line "Name: value" + CRLF of a slot when it lies in the arena in exactly that form, else an empty span: what a
    /// codec can copy at once.
    /// </summary>
    public ReadOnlySpan<byte> LineAt(int slot)
    {
        ref Entry entry = ref _entries[slot];
        int start = entry.NameOffset;
        int afterValue = entry.ValueOffset + entry.ValueLength;
        if (start < 0 || entry.ValueOffset != start + entry.NameLength + 2 || afterValue + 2 > _arenaUsed)
        {
            return default;
        }

        ReadOnlySpan<byte> line = _arena.AsSpan(start, afterValue + 2 - start);
        bool isCanonical = line[entry.NameLength] == (byte)':' && line[entry.NameLength + 1] == (byte)' ' && line[^2] == (byte)'\r'
            && line[^1] == (byte)'\n';
        return isCanonical ? line : default;
    }

    /// <summary>
    /// Writes "Name: value" + CRLF for every field but those whose known name is in the mask. Received lines that lie one behind the
    /// other are copied at once.
    /// </summary>
    /// <param name="skippedMask">A sum of <see cref="Mask"/> values; <see cref="KnownField.Other"/> must not be in it.</param>
    /// <param name="target">Where to write.</param>
    /// <returns>Octets written, or -1 when the target is too small.</returns>
    public int WriteLines(ulong skippedMask, Span<byte> target)
    {
        int length = 0;
        int runStart = 0;
        int runEnd = 0;
        ReadOnlySpan<byte> arena = _arena.AsSpan(0, _arenaUsed);
        foreach (ref readonly Entry entry in _entries.AsSpan(0, _count))
        {
            if (entry.ValueOffset < 0 || (skippedMask & (1UL << (int)entry.Field)) != 0)
            {
                continue;
            }

            int lineEnd = EndOfLine(entry, arena);
            if (lineEnd > 0 && entry.NameOffset == runEnd)
            {
                runEnd = lineEnd;
                continue;
            }

            if (!TryAppend(arena[runStart..runEnd], target, ref length))
            {
                return -1;
            }

            runStart = lineEnd > 0 ? entry.NameOffset : 0;
            runEnd = lineEnd;
            if (lineEnd == 0 && !TryAppendParts(entry, arena, target, ref length))
            {
                return -1;
            }
        }

        return TryAppend(arena[runStart..runEnd], target, ref length) ? length : -1;
    }

    /// <summary>The first slot of this name at or after <paramref name="from"/>, or -1.</summary>
    public int Find(KnownField field, int from = 0)
    {
        if (!Has(field))
        {
            return -1;
        }

        for (int i = from; i < _count; i++)
        {
            if (_entries[i].Field == field && _entries[i].ValueOffset >= 0)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The first slot of this name at or after <paramref name="from"/>, or -1. Compared without case.</summary>
    public int Find(ReadOnlySpan<byte> name, int from = 0)
    {
        KnownField field = KnownFields.Find(name);
        if (field != KnownField.Other)
        {
            return Find(field, from);
        }

        for (int i = from; i < _count; i++)
        {
            if (_entries[i].Field == KnownField.Other && !IsRemoved(i) && _entries[i].NameLength == name.Length
                && Ascii.EqualsIgnoreCase(NameAt(i), name))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The value of the first field of this name.</summary>
    public bool TryGet(KnownField field, out ReadOnlySpan<byte> value)
    {
        int slot = Find(field);
        value = slot < 0 ? default : ValueAt(slot);
        return slot >= 0;
    }

    /// <summary>The value of the first field of this name.</summary>
    public bool TryGet(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        int slot = Find(name);
        value = slot < 0 ? default : ValueAt(slot);
        return slot >= 0;
    }

    /// <summary>The first value as text (Latin-1), or null. Allocates: for slow paths.</summary>
    public string? GetText(ReadOnlySpan<byte> name) => TryGet(name, out ReadOnlySpan<byte> value) ? Encoding.Latin1.GetString(value) : null;

    /// <summary>Removes every field of this name.</summary>
    public void Remove(KnownField field)
    {
        if (!Has(field))
        {
            return;
        }

        for (int i = 0; i < _count; i++)
        {
            if (_entries[i].Field == field)
            {
                RemoveAt(i);
            }
        }

        if (field != KnownField.Other)
        {
            _present &= ~(1UL << (int)field);
        }
    }

    /// <summary>
    /// Removes every field whose known name is in the mask (see <see cref="Mask"/>); <see cref="KnownField.Other"/> must not be in it.
    /// </summary>
    public void RemoveAll(ulong mask)
    {
        Debug.Assert((mask & 1) == 0, "Other is not one name.");
        if ((_present & mask) == 0)
        {
            return;
        }

        for (int i = 0; i < _count; i++)
        {
            if ((mask & (1UL << (int)_entries[i].Field)) != 0)
            {
                RemoveAt(i);
            }
        }

        _present &= ~mask;
    }

    /// <summary>Removes every field of this name, compared without case.</summary>
    public void Remove(ReadOnlySpan<byte> name)
    {
        KnownField field = KnownFields.Find(name);
        if (field != KnownField.Other)
        {
            Remove(field);
            return;
        }

        for (int slot = Find(name); slot >= 0; slot = Find(name, slot + 1))
        {
            RemoveAt(slot);
        }
    }

    /// <summary>
    /// Gives one slot another value, which was claimed with <see cref="Commit"/> or <see cref="Store"/>; name and place stay.
    /// </summary>
    public void SetValueAt(int slot, ByteSlice value)
    {
        _entries[slot].ValueOffset = value.Offset;
        _entries[slot].ValueLength = value.Length;
    }

    /// <summary>Removes one slot. The indexes of the others do not change.</summary>
    public void RemoveAt(int slot)
    {
        if (_entries[slot].ValueOffset >= 0)
        {
            _entries[slot].ValueOffset = -1;
            _live--;
        }
    }

    /// <summary>Copies every field that is there into another, cleared or not.</summary>
    public void CopyTo(HeaderFields target)
    {
        for (int i = 0; i < _count; i++)
        {
            if (IsRemoved(i))
            {
                continue;
            }

            KnownField field = _entries[i].Field;
            ByteSlice name = field == KnownField.Other ? target.Store(NameAt(i)) : new ByteSlice(-1, KnownFields.Bytes(field).Length);
            ByteSlice value = target.Store(ValueAt(i));
            target.AddLoaded(field, name.Offset, name.Length, value.Offset, value.Length);
            if (_entries[i].IsKeptOutOfTables)
            {
                target.KeepLastOutOfTables();
            }
        }
    }

    /// <summary>A list of its own with the fields of this one, in not much more memory than they need.</summary>
    public HeaderFields Copy()
    {
        HeaderFields copy = MakeRoomForCopy(0);
        CopyTo(copy);
        return copy;
    }

    /// <summary>An empty list with memory for the fields of this one and so many octets more.</summary>
    internal HeaderFields MakeRoomForCopy(int more) => new(_arenaUsed + more + SpareCopyBytes, _live + SpareCopyEntries);

    /// <summary>Trades everything with another list: a head that was decoded elsewhere becomes somebody's own without a copy.</summary>
    public void TradeWith(HeaderFields other)
    {
        (_arena, other._arena) = (other._arena, _arena);
        (_entries, other._entries) = (other._entries, _entries);
        (_arenaUsed, other._arenaUsed) = (other._arenaUsed, _arenaUsed);
        (_count, other._count) = (other._count, _count);
        (_live, other._live) = (other._live, _live);
        (_present, other._present) = (other._present, _present);
    }

    /// <summary>Makes it empty for the next head; memory beyond what most heads need is given back.</summary>
    public void Clear()
    {
        if (_arena.Length > RetainedArenaBytes)
        {
            _arena = GC.AllocateUninitializedArray<byte>(InitialArenaBytes);
        }

        if (_entries.Length > RetainedEntries)
        {
            _entries = new Entry[InitialEntries];
        }

        _arenaUsed = 0;
        _count = 0;
        _live = 0;
        _present = 0;
    }

    /// <summary>The fields as they would stand in an HTTP/1.1 head, for tests and traces.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        for (int i = 0; i < _count; i++)
        {
            if (!IsRemoved(i))
            {
                text.Append(Encoding.Latin1.GetString(NameAt(i))).Append(": ").Append(Encoding.Latin1.GetString(ValueAt(i))).Append("\r\n");
            }
        }

        return text.ToString();
    }

    // The offset behind a line that lies in the arena in the form in which it is written, else 0.
    private static int EndOfLine(in Entry entry, ReadOnlySpan<byte> arena)
    {
        int separator = entry.NameOffset + entry.NameLength;
        int afterValue = entry.ValueOffset + entry.ValueLength;
        bool isWhole = entry.NameOffset >= 0 && entry.ValueOffset == separator + 2 && afterValue + 2 <= arena.Length
            && BinaryPrimitives.ReadUInt16BigEndian(arena[separator..]) == 0x3A20
            && BinaryPrimitives.ReadUInt16BigEndian(arena[afterValue..]) == 0x0D0A;
        return isWhole ? afterValue + 2 : 0;
    }

    private static bool TryAppend(ReadOnlySpan<byte> octets, Span<byte> target, ref int length)
    {
        if (!octets.TryCopyTo(target[length..]))
        {
            return false;
        }

        length += octets.Length;
        return true;
    }

    private static bool TryAppendParts(in Entry entry, ReadOnlySpan<byte> arena, Span<byte> target, ref int length)
    {
        ReadOnlySpan<byte> name = entry.NameOffset < 0 ? KnownFields.Bytes(entry.Field) : arena.Slice(entry.NameOffset, entry.NameLength);
        return TryAppend(name, target, ref length)
            && TryAppend(": "u8, target, ref length)
            && TryAppend(arena.Slice(entry.ValueOffset, entry.ValueLength), target, ref length)
            && TryAppend("\r\n"u8, target, ref length);
    }

    private void EnsureArena(int more)
    {
        if (_arena.Length - _arenaUsed < more)
        {
            Array.Resize(ref _arena, Math.Max(_arena.Length * 2, _arenaUsed + more));
        }
    }

    // NameOffset -1: the canonical spelling of Field. ValueOffset -1: removed.
    private struct Entry(int nameOffset, int nameLength, int valueOffset, int valueLength, KnownField field)
    {
        public int NameOffset = nameOffset;
        public int NameLength = nameLength;
        public int ValueOffset = valueOffset;
        public int ValueLength = valueLength;
        public KnownField Field = field;
        public bool IsKeptOutOfTables;
    }
}
