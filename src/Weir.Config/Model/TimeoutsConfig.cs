using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>How long a server may take.</summary>
public sealed record TimeoutsConfig
{
    [Option("To accept a connection.", Min = "1ms", Max = "10m")]
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(2);

    [Option("From the whole request sent to the response's head.", Min = "1ms", Max = "24h")]
    public TimeSpan FirstByte { get; init; } = TimeSpan.FromSeconds(60);

    [Option("Between two octets of a body, in either direction.", Min = "1ms", Max = "24h")]
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(60);
}
