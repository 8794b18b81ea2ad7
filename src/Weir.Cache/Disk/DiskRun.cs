using System.Runtime.InteropServices;

namespace Weir.Cache.Disk;

/// <summary>Where a part of a body lies: blocks one behind the other.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal readonly record struct DiskRun
{
    /// <summary>The life of the segment that it was written in.</summary>
    public ulong Sequence { get; init; }

    /// <summary>The place of the first block in the segment.</summary>
    public long Place { get; init; }

    /// <summary>Octets of the body in it.</summary>
    public long Octets { get; init; }

    /// <summary>The segment.</summary>
    public int Segment { get; init; }

    private readonly int _padding;

    /// <summary>How many blocks.</summary>
    public int BlockCount => (int)((Octets + DiskFormat.BlockContent - 1) / DiskFormat.BlockContent);

    /// <summary>Content of a block.</summary>
    public int ContentOf(int block) => (int)Math.Min(DiskFormat.BlockContent, Octets - ((long)block * DiskFormat.BlockContent));

    /// <summary>Where a block begins in the segment, its sum included.</summary>
    public long PlaceOf(int block) => Place + ((long)block * DiskFormat.BlockOctets);
}
