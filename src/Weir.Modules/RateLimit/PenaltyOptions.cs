using Weir.Abstractions.Options;

namespace Weir.Modules.RateLimit;

/// <summary>When a key that was refused again and again is refused everything for a time.</summary>
public sealed record PenaltyOptions
{
    [Option("After so many refusals.", Min = "1", Max = "1000000")]
    public int Refusals { get; init; } = 100;

    [Option("Within this time.", Min = "1s", Max = "24h")]
    public TimeSpan Within { get; init; } = TimeSpan.FromMinutes(1);

    [Option("How long nothing passes then.", Min = "1s", Max = "30d")]
    public TimeSpan For { get; init; } = TimeSpan.FromMinutes(10);
}
