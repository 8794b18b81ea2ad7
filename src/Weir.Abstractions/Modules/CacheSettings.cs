namespace Weir.Abstractions.Modules;

/// <summary>A cache store of the configuration.</summary>
/// <param name="Name">Its name in `caches`.</param>
/// <param name="MemoryOctets">The memory that it may take.</param>
/// <param name="ObjectOctets">The largest response that it stores.</param>
public sealed record CacheSettings(string Name, long MemoryOctets, long ObjectOctets)
{
    /// <summary>The directory of its tier on disk; null: there is none.</summary>
    public string? DiskPath { get; init; }

    /// <summary>What the tier may take there.</summary>
    public long DiskOctets { get; init; }
}
