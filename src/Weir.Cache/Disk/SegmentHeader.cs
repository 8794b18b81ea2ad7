using System.Runtime.InteropServices;

namespace Weir.Cache.Disk;

/// <summary>The beginning of a segment's file: how old it is. Without one the segment holds nothing.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = DiskFormat.SegmentHeaderOctets)]
internal struct SegmentHeader
{
    private const ulong Mark = 0x31474553_52494557;

    public ulong Magic;
    public ulong Id;
    public ulong Sequence;
    public uint Number;
    public uint Sum;

    /// <summary>The header of a segment that begins another life.</summary>
    public static SegmentHeader Of(ulong id, ulong sequence, int number)
    {
        SegmentHeader header = new() { Magic = Mark, Id = id, Sequence = sequence, Number = (uint)number };
        header.Sum = SumOf(header);
        return header;
    }

    /// <summary>Whether it belongs to this tier and this file.</summary>
    public readonly bool IsFor(ulong id, int number) =>
        Magic == Mark && Id == id && Number == (uint)number && Sequence != 0 && Sum == SumOf(this);

    /// <summary>Its octets.</summary>
    public static Span<byte> OctetsOf(ref SegmentHeader header) => MemoryMarshal.AsBytes(new Span<SegmentHeader>(ref header));

    private static uint SumOf(in SegmentHeader header)
    {
        SegmentHeader copy = header;
        copy.Sum = 0;
        return BlockSum.Of(OctetsOf(ref copy), header.Id);
    }
}
