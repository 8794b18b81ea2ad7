using Weir.Abstractions.Options;

namespace Weir.Modules.Challenge;

/// <summary>A harder puzzle for the more suspicious.</summary>
public sealed record ChallengeLevelOptions
{
    [Option("The score from which it holds.", IsRequired = true, Example = "20")]
    public int Score { get; init; }

    [Option("The difficulty, as `difficulty` counts it; such clients cannot pass without JavaScript.", IsRequired = true, Min = "1", Max = "26", Example = "20")]
    public int Difficulty { get; init; }
}
