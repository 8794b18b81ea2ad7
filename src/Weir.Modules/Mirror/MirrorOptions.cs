using Weir.Abstractions.Options;

namespace Weir.Modules.Mirror;

/// <summary>Options of `mirror`.</summary>
public sealed record MirrorOptions
{
    [Option("The upstream that gets the copies.", IsShorthand = true, IsRequired = true, Example = "app-next")]
    public string To { get; init; } = "";

    [Option("The share of requests that are copied.")]
    public Percent Percent { get; init; } = new(100);

    [Option("The largest content that is copied along; a request with more is left out.", Max = "16MiB")]
    public ByteSize Body { get; init; } = ByteSize.KiB(64);

    [Option("Copies on their way at once; what comes beyond is left out.", Min = "1", Max = "100000")]
    public int InFlight { get; init; } = 256;

    [Option("How long the mirrored upstream may take for an answer.", Min = "10ms", Max = "10m")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}
