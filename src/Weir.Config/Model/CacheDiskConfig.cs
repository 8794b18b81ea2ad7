using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>A cache's tier on disk.</summary>
public sealed record CacheDiskConfig
{
    [Option("The directory, relative to the data directory.", IsRequired = true)]
    [Syntax(Syntax.File)]
    public string Path { get; init; } = "";

    [Option("The most that it may hold.", IsRequired = true, Min = "1MiB")]
    public ByteSize Size { get; init; } = ByteSize.GiB(1);
}
