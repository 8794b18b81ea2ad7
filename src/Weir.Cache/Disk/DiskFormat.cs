using System.Buffers.Binary;

namespace Weir.Cache.Disk;

/// <summary>
/// What lies where on the disk. docs/decisions/0020-disk-tier.md has the drawing. Whatever changes here gets another version: a tier of
/// another version is left alone.
/// </summary>
internal static class DiskFormat
{
    /// <summary>The version of everything here, of <see cref="EntryHeader"/> and of <see cref="EntryHead"/>.</summary>
    public const int Version = 1;

    /// <summary>Entries begin at multiples of this.</summary>
    public const int Alignment = 16;

    /// <summary>A segment's own header.</summary>
    public const int SegmentHeaderOctets = 64;

    /// <summary>An entry's header.</summary>
    public const int EntryHeaderOctets = 80;

    /// <summary>Octets of a block on disk, its sum included; the last block of a run is shorter.</summary>
    public const int BlockOctets = 64 * 1024;

    /// <summary>Octets of a block's sum, which stands before its content.</summary>
    public const int SumOctets = 4;

    /// <summary>Content of a block.</summary>
    public const int BlockContent = BlockOctets - SumOctets;

    /// <summary>The largest head of an entry: key, fields and the places of its runs.</summary>
    public const int MostHeadOctets = 1 << 20;

    /// <summary>Room that a body takes with its sums.</summary>
    public static long FramedOctets(long content) => content + ((content + BlockContent - 1) / BlockContent * SumOctets);

    /// <summary>Rounds up to where an entry may begin.</summary>
    public static long Align(long octets) => (octets + Alignment - 1) & -Alignment;

    /// <summary>What the sum of something is begun with: its place, so that what was written elsewhere or earlier is no match.</summary>
    public static ulong SeedOf(ulong id, ulong sequence, long place) =>
        BinaryPrimitives.ReverseEndianness((id ^ (sequence * 0x9E3779B97F4A7C15)) + (ulong)place * 0xBB67AE8584CAA73B) ^ id;

    /// <summary>The name of a segment's file.</summary>
    public static string NameOf(int segment) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"segment-{segment:D5}");
}
