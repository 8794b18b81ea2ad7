namespace Weir.Cache.Disk;

/// <summary>What a tier holds and has done since the process began.</summary>
/// <param name="State">What it does now.</param>
/// <param name="Problem">What is wrong while it is off; empty: nothing.</param>
/// <param name="Objects">Records.</param>
/// <param name="CapacityOctets">The most that it may take.</param>
/// <param name="UsedOctets">What its segments take on the disk.</param>
/// <param name="IndexOctets">Memory of its index.</param>
/// <param name="Hits">Records that were brought into memory from it.</param>
/// <param name="Misses">Looks that found nothing, or nothing whole.</param>
/// <param name="Stored">Records written.</param>
/// <param name="Dropped">Records that were not written: the disk was too slow, or they were gone before.</param>
/// <param name="Evicted">Records that had to go for others.</param>
/// <param name="Corrupt">Records that were not what was written.</param>
/// <param name="ReadFailures">Reads that the file system refused.</param>
/// <param name="WriteFailures">Writes that the file system refused.</param>
/// <param name="Busy">Looks that were given up because too many waited.</param>
/// <param name="WrittenOctets">Octets written.</param>
/// <param name="SavedOctets">Octets among them of records that were written again because they are used.</param>
public sealed record DiskStatistics(
    DiskState State,
    string Problem,
    long Objects,
    long CapacityOctets,
    long UsedOctets,
    long IndexOctets,
    long Hits,
    long Misses,
    long Stored,
    long Dropped,
    long Evicted,
    long Corrupt,
    long ReadFailures,
    long WriteFailures,
    long Busy,
    long WrittenOctets,
    long SavedOctets);
