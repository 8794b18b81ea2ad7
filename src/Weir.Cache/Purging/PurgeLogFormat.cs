using System.Buffers.Binary;
using System.Text;
using Weir.Cache.Stores;

namespace Weir.Cache.Purging;

/// <summary>
/// What stands where in a file of <see cref="PurgeLog"/>. Its head: magic, identity, turn (the file with the greater one is in use), base
/// (purges up to it are forgotten), checksum; then entries: octets, checksum, number, name, seconds, kind, soft, text.
/// </summary>
internal static class PurgeLogFormat
{
    /// <summary>Octets of a file's head.</summary>
    public const int HeadOctets = 48;

    /// <summary>In the place of a turn: the file is not what was written.</summary>
    public const ulong Damaged = ulong.MaxValue;

    private const int EntryHeadOctets = 8;
    private const int FixedOctets = 22;
    private const int MostTextOctets = 16 * 1024;
    private const ulong Magic = 0x31_47_52_50_52_49_45_57;

    /// <summary>The turn of a file; 0: it is not there, or was never finished: then the other one is in use.</summary>
    public static ulong TurnOf(ReadOnlySpan<byte> file)
    {
        if (!file[..Math.Min(file.Length, HeadOctets)].ContainsAnyExcept((byte)0))
        {
            return 0;
        }

        bool isWhole = file.Length >= HeadOctets && BinaryPrimitives.ReadUInt64LittleEndian(file) == Magic
            && BinaryPrimitives.ReadUInt32LittleEndian(file[32..]) == Checksum(file[..32]);
        return isWhole ? BinaryPrimitives.ReadUInt64LittleEndian(file[16..]) : Damaged;
    }

    /// <summary>The identity in a head.</summary>
    public static ulong IdentityOf(ReadOnlySpan<byte> file) => BinaryPrimitives.ReadUInt64LittleEndian(file[8..]);

    /// <summary>The base in a head.</summary>
    public static ulong BaseOf(ReadOnlySpan<byte> file) => BinaryPrimitives.ReadUInt64LittleEndian(file[24..]);

    /// <summary>Writes a head.</summary>
    public static void WriteHead(Span<byte> head, ulong identity, ulong turn, ulong forgotten)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(head, Magic);
        BinaryPrimitives.WriteUInt64LittleEndian(head[8..], identity);
        BinaryPrimitives.WriteUInt64LittleEndian(head[16..], turn);
        BinaryPrimitives.WriteUInt64LittleEndian(head[24..], forgotten);
        BinaryPrimitives.WriteUInt32LittleEndian(head[32..], Checksum(head[..32]));
    }

    /// <summary>Entries behind so many octets of room.</summary>
    public static byte[] Encode(IReadOnlyList<LoggedPurge> purges, int reserved)
    {
        byte[][] texts = [.. purges.Select(purge => Encoding.UTF8.GetBytes(purge.Text))];
        byte[] octets = new byte[reserved + texts.Sum(text => EntryHeadOctets + FixedOctets + text.Length)];
        Span<byte> rest = octets.AsSpan(reserved);
        for (int i = 0; i < purges.Count; i++)
        {
            LoggedPurge purge = purges[i];
            Span<byte> entry = rest.Slice(EntryHeadOctets, FixedOctets + texts[i].Length);
            BinaryPrimitives.WriteUInt64LittleEndian(entry, purge.Number);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], purge.Name);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[16..], purge.Seconds);
            entry[20] = (byte)purge.Kind;
            entry[21] = purge.IsSoft ? (byte)1 : (byte)0;
            texts[i].CopyTo(entry[FixedOctets..]);
            BinaryPrimitives.WriteInt32LittleEndian(rest, entry.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(rest[4..], Checksum(entry));
            rest = rest[(EntryHeadOctets + entry.Length)..];
        }

        return octets;
    }

    /// <summary>Reads the entries of a file. False: something other than the end of the last one is wrong.</summary>
    /// <param name="file">The file, with its head.</param>
    /// <param name="entries">Gets the entries.</param>
    /// <param name="end">Where the last whole one ends.</param>
    public static bool TryReadEntries(ReadOnlySpan<byte> file, List<LoggedPurge> entries, out int end)
    {
        end = HeadOctets;
        ulong last = 0;
        while (TryReadEntry(file[end..], last, out LoggedPurge purge, out int octets))
        {
            entries.Add(purge);
            last = purge.Number;
            end += octets;
        }

        for (int behind = end + 1; behind < file.Length; behind++)
        {
            if (TryReadEntry(file[behind..], last, out _, out _))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadEntry(ReadOnlySpan<byte> octets, ulong last, out LoggedPurge purge, out int length)
    {
        purge = default;
        length = 0;
        if (octets.Length < EntryHeadOctets + FixedOctets)
        {
            return false;
        }

        int content = BinaryPrimitives.ReadInt32LittleEndian(octets);
        if (content is < FixedOctets or > FixedOctets + MostTextOctets || content > octets.Length - EntryHeadOctets)
        {
            return false;
        }

        ReadOnlySpan<byte> entry = octets.Slice(EntryHeadOctets, content);
        ulong number = BinaryPrimitives.ReadUInt64LittleEndian(entry);
        PurgeKind kind = (PurgeKind)entry[20];
        if (number <= last || !Enum.IsDefined(kind) || BinaryPrimitives.ReadUInt32LittleEndian(octets[4..]) != Checksum(entry))
        {
            return false;
        }

        string text = Encoding.UTF8.GetString(entry[FixedOctets..]);
        uint seconds = BinaryPrimitives.ReadUInt32LittleEndian(entry[16..]);
        purge = new LoggedPurge(number, kind, entry[21] != 0, seconds, BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]), text);
        length = EntryHeadOctets + content;
        return true;
    }

    private static uint Checksum(ReadOnlySpan<byte> octets) => ~Crc32C.Add(Crc32C.Start, octets);
}
