namespace Weir.Cache.Disk;

/// <summary>
/// A body on the disk whose segments are pinned: nothing overwrites it until it is released. Immutable; one owner.
/// </summary>
public sealed class DiskObject
{
    private readonly List<DiskSegment> _pinned;
    private readonly DiskTier _tier;
    private readonly DiskSlot _slot;

    internal DiskObject(
        DiskTier tier, DiskVolume volume, in DiskSlot slot, DiskRun[] runs, DiskSegment[] segments, List<DiskSegment> pinned)
    {
        _tier = tier;
        Volume = volume;
        _slot = slot;
        Runs = runs;
        Segments = segments;
        _pinned = pinned;
    }

    internal DiskVolume Volume { get; }

    internal DiskRun[] Runs { get; }

    /// <summary>The segment of each run.</summary>
    internal DiskSegment[] Segments { get; }

    internal DiskTier Tier => _tier;

    /// <summary>Nobody reads it any more. Once.</summary>
    public void Release() => _pinned.ForEach(segment => segment.Unpin());

    /// <summary>The file system refused to read a part of it.</summary>
    internal void FailRead() => _tier.FailRead(_slot);

    /// <summary>A block is not what was written: nobody is to find it again.</summary>
    internal void Forget(bool isCorrupt) => _tier.Forget(_slot, isCorrupt);
}
