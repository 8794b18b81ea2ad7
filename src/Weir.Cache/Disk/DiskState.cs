namespace Weir.Cache.Disk;

/// <summary>What a tier does.</summary>
public enum DiskState : byte
{
    /// <summary>Nobody has asked for it yet, or it is being opened.</summary>
    Opening,

    /// <summary>It looks at what an earlier process left, and serves meanwhile.</summary>
    Scanning,

    /// <summary>It serves.</summary>
    On,

    /// <summary>Something is wrong with its directory; it is tried again.</summary>
    Off,

    /// <summary>It was closed.</summary>
    Closed,
}
