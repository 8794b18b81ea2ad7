// Hot: the fields of every hit come from here.
using System.Runtime.InteropServices;
using Weir.Abstractions.Heads;

namespace Weir.Cache.Stores;

/// <summary>
/// Fields as a record keeps them: lines as HTTP/1.1 writes them, so that they leave in one piece, and four octets for each that say where
/// name and value end.
/// </summary>
internal static class StoredHead
{
    /// <summary>Octets of the table for each field.</summary>
    public const int EntryOctets = 4;

    private const int MostFields = 512;

    /// <summary>How many fields and how many octets of lines; false: they cannot be kept.</summary>
    public static bool TryMeasure(HeaderFields fields, out int count, out int linesOctets)
    {
        count = 0;
        linesOctets = 0;
        for (int slot = 0; slot < fields.SlotCount; slot++)
        {
            if (fields.IsRemoved(slot))
            {
                continue;
            }

            int name = fields.NameAt(slot).Length;
            int value = fields.ValueAt(slot).Length;
            if (name > byte.MaxValue || value > ushort.MaxValue || ++count > MostFields)
            {
                return false;
            }

            linesOctets += name + value + 4;
        }

        return true;
    }

    /// <summary>Writes table and lines, as large as measured.</summary>
    public static void Write(HeaderFields fields, Span<byte> table, Span<byte> lines)
    {
        Span<Entry> entries = MemoryMarshal.Cast<byte, Entry>(table);
        int count = 0;
        int at = 0;
        for (int slot = 0; slot < fields.SlotCount; slot++)
        {
            if (fields.IsRemoved(slot))
            {
                continue;
            }

            ReadOnlySpan<byte> name = fields.NameAt(slot);
            ReadOnlySpan<byte> value = fields.ValueAt(slot);
            entries[count++] = new Entry { Field = fields.FieldAt(slot), NameLength = (byte)name.Length, ValueLength = (ushort)value.Length };
            name.CopyTo(lines[at..]);
            at += name.Length;
            ": "u8.CopyTo(lines[at..]);
            value.CopyTo(lines[(at + 2)..]);
            at += value.Length + 2;
            "\r\n"u8.CopyTo(lines[at..]);
            at += 2;
        }
    }

    /// <summary>Puts the fields into a cleared list: one copy of the lines, and an entry for each.</summary>
    public static void Load(ReadOnlySpan<byte> table, ReadOnlySpan<byte> lines, HeaderFields fields)
    {
        fields.Load(lines);
        int at = 0;
        foreach (Entry entry in MemoryMarshal.Cast<byte, Entry>(table))
        {
            int value = at + entry.NameLength + 2;
            fields.AddLoaded(entry.Field, at, entry.NameLength, value, entry.ValueLength);
            at = value + entry.ValueLength + 2;
        }
    }

    /// <summary>Looks at one field after the other where they lie.</summary>
    public ref struct Cursor
    {
        private readonly ReadOnlySpan<Entry> _entries;
        private readonly ReadOnlySpan<byte> _lines;
        private int _next;
        private int _at;

        public Cursor(ReadOnlySpan<byte> table, ReadOnlySpan<byte> lines)
        {
            _entries = MemoryMarshal.Cast<byte, Entry>(table);
            _lines = lines;
        }

        public ReadOnlySpan<byte> Name { get; private set; }

        public ReadOnlySpan<byte> Value { get; private set; }

        public bool MoveNext()
        {
            if (_next == _entries.Length)
            {
                return false;
            }

            Entry entry = _entries[_next++];
            Name = _lines.Slice(_at, entry.NameLength);
            Value = _lines.Slice(_at + entry.NameLength + 2, entry.ValueLength);
            _at += entry.NameLength + entry.ValueLength + 4;
            return true;
        }
    }

    [StructLayout(LayoutKind.Sequential, Pack = 2)]
    private struct Entry
    {
        public KnownField Field;
        public byte NameLength;
        public ushort ValueLength;
    }
}
