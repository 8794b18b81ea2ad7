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

    // The segment's number plus one; 0: the slot is empty; Removed: a mark.
    private ushort _segment;

    // Uses in the two lowest bits; above them the number plus one of the oldest segment with a part of the body, where that is another.
    private ushort _more;

    private const ushort Removed = ushort.MaxValue;
    private const int UseBits = 2;
    private const int UseMask = (1 << UseBits) - 1;

    /// <summary>A mark: the key has no record; older ones that a scan finds do not count.</summary>
    public static DiskSlot MarkOf(ulong tag) => new() { Tag = tag, _segment = Removed };

    public readonly bool IsEmpty => _segment == 0;

    /// <summary>Whether it is a mark.</summary>
    public readonly bool IsRemoved => _segment == Removed;

    /// <summary>The segment.</summary>
    public readonly int Segment => _segment - 1;

    /// <summary>How often it was read since it was written, up to 3.</summary>
    public int Uses
    {
        readonly get => _more & UseMask;
        set => _more = (ushort)((_more & ~UseMask) | value);
    }

    /// <summary>The oldest segment with a part of the body, where that is not the record's own; -1: it is.</summary>
    public int OldestPart
    {
        readonly get => (_more >> UseBits) - 1;
        set => _more = (ushort)(((value + 1) << UseBits) | Uses);
    }

    public readonly long Place => (long)PlaceUnits * DiskFormat.Alignment;

    /// <summary>Whether it is lost with a segment.</summary>
    public readonly bool NeedsSegment(int segment) => Segment == segment || (OldestPart == segment && !IsRemoved);

    public readonly bool IsSameAs(in DiskSlot other) =>
        Tag == other.Tag && _segment == other._segment && PlaceUnits == other.PlaceUnits;

    public static DiskSlot Of(in EntryHeader header, int segment, long place) => new()
    {
        Tag = header.Low,
        PlaceUnits = (uint)(place / DiskFormat.Alignment),
        Octets = header.TotalOctets,
        KeepUntil = header.KeepUntil,
        _segment = (ushort)(segment + 1),
    };
}
