namespace Weir.Cache.Disk;

/// <summary>What a tier holds and has done since the process began. Counts that only grow, but for those that say "now".</summary>
public sealed record DiskStatistics
{
    /// <summary>What it does now.</summary>
    public required DiskState State { get; init; }

    /// <summary>What is wrong while it is off, and what to do; empty: nothing.</summary>
    public required string Problem { get; init; }

    /// <summary>Records now.</summary>
    public long Objects { get; init; }

    /// <summary>The most octets that it may take.</summary>
    public long CapacityOctets { get; init; }

    /// <summary>Octets that its segments take on the disk now: room is set aside when a segment is made.</summary>
    public long UsedOctets { get; init; }

    /// <summary>Segments now.</summary>
    public int Segments { get; init; }

    /// <summary>The most segments that it may have; 0 while it is off.</summary>
    public int SegmentLimit { get; init; }

    /// <summary>Memory of its index now, in octets.</summary>
    public long IndexOctets { get; init; }

    /// <summary>How long it took until everything on the disk was known, in milliseconds; 0: it is not yet.</summary>
    public long LoadMs { get; init; }

    /// <summary>Records that were brought into memory from it.</summary>
    public long Hits { get; init; }

    /// <summary>Looks that found nothing, or nothing whole.</summary>
    public long Misses { get; init; }

    /// <summary>Large bodies that were opened, to be sent from it.</summary>
    public long Opened { get; init; }

    /// <summary>Looks that were given up because too many waited.</summary>
    public long Busy { get; init; }

    /// <summary>Records written.</summary>
    public long Stored { get; init; }

    /// <summary>Records that had to go for others.</summary>
    public long Evicted { get; init; }

    /// <summary>Records that were not what was written.</summary>
    public long Corrupt { get; init; }

    /// <summary>Reads that the file system refused.</summary>
    public long ReadFailures { get; init; }

    /// <summary>Writes that the file system refused.</summary>
    public long WriteFailures { get; init; }

    /// <summary>Octets written.</summary>
    public long WrittenOctets { get; init; }

    /// <summary>Octets among them of records that were written again because they are used.</summary>
    public long SavedOctets { get; init; }

    /// <summary>Records, and parts of large bodies, that were not written, by reason.</summary>
    public required IReadOnlyDictionary<DiskDrop, long> Dropped { get; init; }
}
