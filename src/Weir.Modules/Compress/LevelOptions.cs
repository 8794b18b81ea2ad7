using Weir.Abstractions.Options;

namespace Weir.Modules.Compress;

/// <summary>Levels for some content.</summary>
public sealed record LevelOptions
{
    [Option("The content types, as in `types`.", Default = "all that are compressed", Example = "[text/html]")]
    public IReadOnlyList<string> Types { get; init; } = [];

    [Option("From this length on. Content of unknown length has length 0 here.")]
    public ByteSize From { get; init; }

    [Option("The level of gzip.", Default = "the module's", Min = "1", Max = "9")]
    public int? Gzip { get; init; }

    [Option("The level of br.", Default = "the module's", Min = "0", Max = "11")]
    public int? Br { get; init; }

    [Option("The level of zstd.", Default = "the module's", Min = "1", Max = "19")]
    public int? Zstd { get; init; }
}
