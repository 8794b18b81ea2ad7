using Weir.Abstractions.Options;

namespace Weir.Modules.Decompress;

/// <summary>Options of `decompress`.</summary>
public sealed record DecompressOptions
{
    [Option("The codings that are inflated; content in any other is refused with 415.", IsShorthand = true,
        Default = "[gzip, br, zstd, deflate], as far as the machine has them")]
    public IReadOnlyList<string> Codings { get; init; } = [];

    [Option("The largest content after inflating.", Min = "1KiB")]
    public ByteSize MaxSize { get; init; } = ByteSize.MiB(10);

    [Option("The most octets for one that came in, beyond the first 64 KiB.", Min = "1", Max = "100000")]
    public int MaxRatio { get; init; } = 100;

    [Option("The most codings on top of each other.", Min = "1", Max = "3")]
    public int MaxLayers { get; init; } = 1;
}
