namespace Weir.Cache.Disk;

/// <summary>What became of a look at the disk.</summary>
public enum DiskLoad : byte
{
    /// <summary>It holds nothing for the key.</summary>
    Missing,

    /// <summary>Memory has it now: all of it, or its head with the body left on the disk.</summary>
    InMemory,
}
