using Weir.Abstractions.Options;

namespace Weir.Modules.Concurrency;

/// <summary>Between which bounds a limit is learnt.</summary>
public sealed record AdaptiveOptions
{
    [Option("What the limit never falls below.", Min = "1", Max = "100000")]
    public int Min { get; init; } = 1;

    [Option("What the limit never exceeds.", IsShorthand = true, Min = "1", Max = "100000")]
    public int Max { get; init; } = 1000;

    [Option("The limit to begin with.", Min = "1", Max = "100000")]
    public int Start { get; init; } = 20;
}
