using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>How serving ends.</summary>
public sealed record DrainConfig
{
    [Option("How long readiness already fails while everything is still served.", Max = "1h")]
    public TimeSpan Delay { get; init; } = TimeSpan.Zero;

    [Option("How long exchanges may go on after that; then they are cut.", Max = "24h")]
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(30);
}
