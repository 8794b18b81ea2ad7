using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>WebSocket and other upgraded connections.</summary>
public sealed record TunnelsConfig
{
    [Option("How long a tunnel may stay without an octet in either direction.", Min = "10ms", Max = "30d")]
    public TimeSpan Idle { get; init; } = TimeSpan.FromHours(1);

    [Option("How long a tunnel may live.", Min = "10ms", Max = "365d")]
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(24);
}
