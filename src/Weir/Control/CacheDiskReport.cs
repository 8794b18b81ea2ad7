namespace Weir.Control;

/// <summary>A cache's tier on disk as it is at a moment; counts are of this process.</summary>
public sealed record CacheDiskReport
{
    /// <summary>Its directory.</summary>
    public required string Path { get; init; }

    /// <summary>"loading" while it looks at what an earlier process left, "on", or "off".</summary>
    public required string State { get; init; }

    /// <summary>Why it is off, and what to do; null: nothing is wrong.</summary>
    public string? Problem { get; init; }

    /// <summary>Records.</summary>
    public long Objects { get; init; }

    /// <summary>Octets of the disk that its segments take; room is set aside when one is made.</summary>
    public long Bytes { get; init; }

    /// <summary>Octets of the disk that it may take.</summary>
    public long CapacityBytes { get; init; }

    /// <summary>Segments.</summary>
    public int Segments { get; init; }

    /// <summary>The most segments that it may have; 0 while it is off.</summary>
    public int SegmentLimit { get; init; }

    /// <summary>Memory of its index, in octets.</summary>
    public long IndexBytes { get; init; }

    /// <summary>How long it took to know all that is there, in milliseconds; 0: it is not known yet.</summary>
    public long LoadMs { get; init; }

    /// <summary>Records that it brought into memory.</summary>
    public long Hits { get; init; }

    /// <summary>Looks that found nothing whole.</summary>
    public long Misses { get; init; }

    /// <summary>Large bodies that were opened, to be sent from it.</summary>
    public long Opened { get; init; }

    /// <summary>Looks that were given up because too many waited for the disk.</summary>
    public long Busy { get; init; }

    /// <summary>Records written.</summary>
    public long Stored { get; init; }

    /// <summary>Records, and parts of large bodies, that were not written, by reason.</summary>
    public required IReadOnlyDictionary<string, long> Dropped { get; init; }

    /// <summary>Records that had to go for others.</summary>
    public long Evicted { get; init; }

    /// <summary>Records that were not what was written: torn or flipped.</summary>
    public long Corrupt { get; init; }

    /// <summary>Reads that the file system refused.</summary>
    public long ReadFailures { get; init; }

    /// <summary>Writes that the file system refused.</summary>
    public long WriteFailures { get; init; }

    /// <summary>Octets written.</summary>
    public long WrittenBytes { get; init; }

    /// <summary>Octets among them of records that were written again because they are used.</summary>
    public long SavedBytes { get; init; }
}
