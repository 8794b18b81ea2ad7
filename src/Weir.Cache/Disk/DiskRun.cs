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

    /// <summary>The segment of the oldest run that was not written in a life; -1: all were.</summary>
    public static int OldestBut(ulong sequence, ReadOnlySpan<DiskRun> runs)
    {
        int segment = -1;
        ulong oldest = ulong.MaxValue;
        foreach (DiskRun run in runs)
        {
            if (run.Sequence != sequence && run.Sequence < oldest)
            {
                (segment, oldest) = (run.Segment, run.Sequence);
            }
        }

        return segment;
    }

    /// <summary>Whether the segment still lives the life that it was written in.</summary>
    public bool IsThere(DiskSegment?[] segments) => Segment >= 0 && Segment < segments.Length && segments[Segment]?.Sequence == Sequence;

    /// <summary>Where a block begins in the segment, its sum included.</summary>
    public long PlaceOf(int block) => Place + ((long)block * DiskFormat.BlockOctets);
}
