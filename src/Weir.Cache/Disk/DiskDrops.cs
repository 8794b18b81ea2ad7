namespace Weir.Cache.Disk;

/// <summary>The words of <see cref="DiskDrop"/>.</summary>
public static class DiskDrops
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<DiskDrop> All { get; } = [.. Enum.GetValues<DiskDrop>().Where(drop => drop < DiskDrop.Count)];

    /// <summary>The word of one, as metrics have it.</summary>
    public static string Word(DiskDrop drop) => drop switch
    {
        DiskDrop.TooSlow => "too-slow",
        DiskDrop.Gone => "gone",
        DiskDrop.Changed => "changed",
        DiskDrop.NoPlace => "no-place",
        DiskDrop.IndexFull => "index-full",
        _ => "off",
    };
}
