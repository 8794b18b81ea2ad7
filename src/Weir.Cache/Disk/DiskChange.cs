using Weir.Cache.Keys;

namespace Weir.Cache.Disk;

/// <summary>A key whose record in memory is about to change: what the disk holds for it is not found any more.</summary>
public readonly struct DiskChange
{
    internal DiskChange(in KeyHash hash, ChangeStamp stamp, bool hidesOlder)
    {
        Hash = hash;
        Stamp = stamp;
        HidesOlder = hidesOlder;
    }

    internal KeyHash Hash { get; }

    internal ChangeStamp Stamp { get; }

    /// <summary>Whether something older may lie on the disk.</summary>
    internal bool HidesOlder { get; }
}
