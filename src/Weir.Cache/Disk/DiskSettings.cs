namespace Weir.Cache.Disk;

/// <summary>Where a tier lies.</summary>
/// <param name="Name">The cache's name.</param>
/// <param name="Path">The directory.</param>
public sealed record DiskSettings(string Name, string Path);
