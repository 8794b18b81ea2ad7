namespace Weir.Cache.Disk;

/// <summary>Why something was not written.</summary>
public enum DiskDrop : byte
{
    /// <summary>Too much waited for the disk already.</summary>
    TooSlow,

    /// <summary>Memory lost it before its turn came.</summary>
    Gone,

    /// <summary>It was changed, removed or purged meanwhile.</summary>
    Changed,

    /// <summary>There is no place: readers hold all segments, or it is too large for one.</summary>
    NoPlace,

    /// <summary>The index has as many objects as it may.</summary>
    IndexFull,

    /// <summary>The tier was turned off, or closed.</summary>
    Off,

    /// <summary>How many there are.</summary>
    Count,
}
