using Weir.Abstractions.Options;
using Weir.Codings.Negotiation;

namespace Weir.Modules.Compress;

/// <summary>Options of `compress`.</summary>
public sealed record CompressOptions
{
    [Option("The codings, the preferred one first: among those that a client likes best the first one is taken.", IsShorthand = true,
        Default = "[zstd, gzip, br], as far as the machine has them")]
    public IReadOnlyList<string> Codings { get; init; } = [];

    [Option("Content types that are compressed: `type/subtype`, `type/*` or `+suffix`.")]
    public IReadOnlyList<string> Types { get; init; } = ContentTypes.Compressible;

    [Option("The least content that is compressed, where its length is announced.")]
    public ByteSize MinSize { get; init; } = ByteSize.KiB(1);

    [Option("The level of gzip.", Min = "1", Max = "9")]
    public int Gzip { get; init; } = 5;

    [Option("The level of br.", Min = "0", Max = "11")]
    public int Br { get; init; } = 4;

    [Option("The level of zstd.", Min = "1", Max = "19")]
    public int Zstd { get; init; } = 3;

    [Option("Other levels for some content: the first entry that fits counts.", Default = "none")]
    public IReadOnlyList<LevelOptions> Levels { get; init; } = [];

    [Option("Cookies of a session: what answers a request that carries one is not compressed, for where secrets stand beside what a client sent (BREACH).",
        Default = "none", Example = "[session]")]
    public IReadOnlyList<string> NotWithCookie { get; init; } = [];

    [Option("Whether content in a coding that the client cannot read is inflated.")]
    public bool Inflate { get; init; } = true;

    [Option("The most that all encoders of this module may hold at a time; answers beyond it go out uncompressed.", Min = "8MiB")]
    public ByteSize Memory { get; init; } = ByteSize.MiB(512);
}
