using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>A cache store.</summary>
public sealed record CacheConfig : INamed
{
    /// <summary>The name in `caches`.</summary>
    public string Name { get; init; } = "";

    [Option("Memory for stored responses.", Min = "1MiB")]
    public ByteSize Memory { get; init; } = ByteSize.MiB(256);

    [Option("The tier on disk.", Default = "none")]
    public CacheDiskConfig? Disk { get; init; }

    [Option("The largest response that is stored.", Min = "1KiB")]
    public ByteSize ObjectSize { get; init; } = ByteSize.GiB(1);

    /// <summary>Where it is written.</summary>
    public Position Position { get; init; } = Position.None;
}
