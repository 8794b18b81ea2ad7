using System.Runtime.InteropServices;

namespace Weir.Cache.Disk;

/// <summary>What the index remembers of a record: 24 octets.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct DiskSlot
{
    /// <summary>Half of the key's hash; the record has all of it, and the key.</summary>
    public ulong Tag;

    /// <summary>Where the entry begins, in units of <see cref="DiskFormat.Alignment"/>.</summary>
    public uint PlaceUnits;

    /// <summary>Octets of the entry.</summary>
    public uint Octets;

    /// <summary>When it is of no use any more, in seconds since 1970.</summary>
    public uint KeepUntil;

    /// <summary>The segment's number plus one; 0: the slot is empty.</summary>
    public ushort SegmentNumber;

    /// <summary>How often it was read since it was written, up to 3.</summary>
    public byte Uses;

    /// <summary>Not 0: the key has no record; older ones that a scan finds do not count.</summary>
    public byte IsRemoved;

    public readonly bool IsEmpty => SegmentNumber == 0 && IsRemoved == 0;

    public readonly int Segment => SegmentNumber - 1;

    public readonly long Place => (long)PlaceUnits * DiskFormat.Alignment;

    public readonly bool IsSameAs(in DiskSlot other) =>
        Tag == other.Tag && SegmentNumber == other.SegmentNumber && PlaceUnits == other.PlaceUnits && IsRemoved == other.IsRemoved;

    public static DiskSlot Of(in EntryHeader header, int segment, long place) => new()
    {
        Tag = header.Low,
        PlaceUnits = (uint)(place / DiskFormat.Alignment),
        Octets = header.TotalOctets,
        KeepUntil = header.KeepUntil,
        SegmentNumber = (ushort)(segment + 1),
    };
}
