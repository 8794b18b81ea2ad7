using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weir.Abstractions.Heads;
using Weir.Cache.Freshness;
using Weir.Cache.Stores;

namespace Weir.Cache.Disk;

/// <summary>
/// What a record has behind its header: numbers, the places of its runs, lengths of fields, key, and each field's name and value. Names are
/// names, not numbers, so that it outlives the table of known ones.
/// </summary>
internal static class EntryHead
{
    private const int FieldOctets = 4;

    private static readonly int _fixedOctets = Unsafe.SizeOf<Numbers>();

    /// <summary>Octets of a head; -1: it cannot be written.</summary>
    public static int Measure(in NewRecord record, int keyOctets, int runs)
    {
        long octets = _fixedOctets + ((long)runs * Unsafe.SizeOf<DiskRun>()) + TagOctets(record) + keyOctets;
        HeaderFields? fields = record.Fields;
        for (int slot = 0; slot < (fields?.SlotCount ?? 0); slot++)
        {
            if (!fields!.IsRemoved(slot))
            {
                if (fields.NameAt(slot).Length > ushort.MaxValue || fields.ValueAt(slot).Length > ushort.MaxValue)
                {
                    return -1;
                }

                octets += FieldOctets + fields.NameAt(slot).Length + fields.ValueAt(slot).Length;
            }
        }

        return octets <= DiskFormat.MostHeadOctets && keyOctets <= ushort.MaxValue ? (int)octets : -1;
    }

    /// <summary>Writes a head, as large as measured.</summary>
    public static void Write(in NewRecord record, ReadOnlySpan<byte> key, ReadOnlySpan<DiskRun> runs, Span<byte> target)
    {
        HeaderFields? fields = record.Fields;
        Numbers numbers = new()
        {
            Generation = record.Generation,
            Freshness = record.Freshness,
            KeepUntil = (uint)Math.Clamp(record.KeepUntilSeconds, 0, uint.MaxValue),
            DateSeconds = (uint)Math.Clamp(record.DateSeconds, 0, uint.MaxValue),
            ModifiedSeconds = (uint)Math.Clamp(record.ModifiedSeconds, 0, uint.MaxValue),
            RunCount = runs.Length,
            TagCount = record.Tags?.Length ?? 0,
            FieldCount = fields?.Count ?? 0,
            KeyOctets = (ushort)key.Length,
            Status = (ushort)record.Status,
            Kind = record.Kind,
        };
        MemoryMarshal.Write(target, numbers);
        target = target[_fixedOctets..];
        MemoryMarshal.AsBytes(runs).CopyTo(target);
        target = target[(runs.Length * Unsafe.SizeOf<DiskRun>())..];
        MemoryMarshal.AsBytes<uint>(record.Tags).CopyTo(target);
        target = target[TagOctets(record)..];
        Span<byte> text = target[(numbers.FieldCount * FieldOctets)..];
        key.CopyTo(text);
        text = text[key.Length..];
        for (int slot = 0; slot < (fields?.SlotCount ?? 0); slot++)
        {
            if (fields!.IsRemoved(slot))
            {
                continue;
            }

            ReadOnlySpan<byte> name = fields.NameAt(slot);
            ReadOnlySpan<byte> value = fields.ValueAt(slot);
            BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)name.Length);
            BinaryPrimitives.WriteUInt16LittleEndian(target[2..], (ushort)value.Length);
            target = target[FieldOctets..];
            name.CopyTo(text);
            value.CopyTo(text[name.Length..]);
            text = text[(name.Length + value.Length)..];
        }
    }

    /// <summary>Reads a head whose sum is right; false: it is none all the same.</summary>
    public static bool TryRead(ReadOnlySpan<byte> head, out NewRecord record, out ReadOnlySpan<byte> key, out ReadOnlySpan<DiskRun> runs)
    {
        record = default;
        key = default;
        runs = default;
        if (head.Length < _fixedOctets)
        {
            return false;
        }

        Numbers numbers = MemoryMarshal.Read<Numbers>(head);
        head = head[_fixedOctets..];
        long runOctets = (long)numbers.RunCount * Unsafe.SizeOf<DiskRun>();
        long tagOctets = (long)numbers.TagCount * sizeof(uint);
        long tableOctets = (long)numbers.FieldCount * FieldOctets;
        if ((numbers.RunCount | numbers.TagCount | numbers.FieldCount) < 0
            || runOctets + tagOctets + tableOctets + numbers.KeyOctets > head.Length)
        {
            return false;
        }

        runs = MemoryMarshal.Cast<byte, DiskRun>(head[..(int)runOctets]);
        uint[]? tags = tagOctets == 0 ? null : MemoryMarshal.Cast<byte, uint>(head.Slice((int)runOctets, (int)tagOctets)).ToArray();
        head = head[(int)(runOctets + tagOctets)..];
        ReadOnlySpan<byte> table = head[..(int)tableOctets];
        ReadOnlySpan<byte> text = head[(int)tableOctets..];
        key = text[..numbers.KeyOctets];
        HeaderFields fields = new();
        if (!TryReadFields(table, text[numbers.KeyOctets..], fields))
        {
            return false;
        }

        record = new NewRecord
        {
            Kind = numbers.Kind,
            Status = numbers.Status,
            Fields = fields,
            Freshness = numbers.Freshness,
            KeepUntilSeconds = numbers.KeepUntil,
            DateSeconds = numbers.DateSeconds,
            ModifiedSeconds = numbers.ModifiedSeconds,
            Generation = numbers.Generation,
            Tags = tags,
        };
        return numbers.Kind is not RecordKind.Unshared && Enum.IsDefined(numbers.Kind);
    }

    private static int TagOctets(in NewRecord record) => (record.Tags?.Length ?? 0) * sizeof(uint);

    private static bool TryReadFields(ReadOnlySpan<byte> table, ReadOnlySpan<byte> text, HeaderFields fields)
    {
        while (!table.IsEmpty)
        {
            int name = BinaryPrimitives.ReadUInt16LittleEndian(table);
            int value = BinaryPrimitives.ReadUInt16LittleEndian(table[2..]);
            if (name + value > text.Length)
            {
                return false;
            }

            fields.Add(text[..name], text.Slice(name, value));
            text = text[(name + value)..];
            table = table[FieldOctets..];
        }

        return true;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Numbers
    {
        public ulong Generation;
        public StoredFreshness Freshness;
        public uint KeepUntil;
        public uint DateSeconds;
        public uint ModifiedSeconds;
        public int RunCount;
        public int TagCount;
        public int FieldCount;
        public ushort KeyOctets;
        public ushort Status;
        public RecordKind Kind;
    }
}
