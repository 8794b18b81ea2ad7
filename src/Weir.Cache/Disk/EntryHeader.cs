using System.Runtime.InteropServices;

namespace Weir.Cache.Disk;

/// <summary>
/// The beginning of each entry. Its sum covers itself, the place and the segment's number of that time: what lay there before is no entry.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = DiskFormat.EntryHeaderOctets)]
internal struct EntryHeader
{
    /// <summary>What each entry begins with.</summary>
    public const uint Mark = 0x31524557;

    public uint Magic;
    public uint Sum;
    public ulong SegmentSequence;
    public ulong High;
    public ulong Low;

    /// <summary>The number up to which purges were looked through for it.</summary>
    public ulong Number;

    /// <summary>Octets of the body: of all of it, or in this run.</summary>
    public long BodyOctets;

    /// <summary>Octets of the whole entry.</summary>
    public uint TotalOctets;
    public uint HeadOctets;
    public uint HeadSum;
    public uint KeepUntil;
    public EntryKind Kind;

    /// <summary>Makes the sum for a place.</summary>
    public void Seal(ulong id, long place)
    {
        Magic = Mark;
        Sum = 0;
        Sum = SumOf(this, id, place);
    }

    /// <summary>Whether it was written at this place, in this life of the segment, and is whole.</summary>
    public readonly bool IsAt(ulong id, ulong sequence, long place, long segmentOctets) =>
        Magic == Mark && SegmentSequence == sequence && Sum == SumOf(this, id, place)
        && TotalOctets >= DiskFormat.EntryHeaderOctets && TotalOctets % DiskFormat.Alignment == 0 && place + TotalOctets <= segmentOctets
        && HeadOctets <= TotalOctets - DiskFormat.EntryHeaderOctets;

    /// <summary>Its octets.</summary>
    public static Span<byte> OctetsOf(ref EntryHeader header) => MemoryMarshal.AsBytes(new Span<EntryHeader>(ref header));

    private static uint SumOf(in EntryHeader header, ulong id, long place)
    {
        EntryHeader copy = header;
        copy.Sum = 0;
        return BlockSum.Of(OctetsOf(ref copy), DiskFormat.SeedOf(id, header.SegmentSequence, place));
    }
}
