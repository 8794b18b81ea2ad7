using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>How servers' health is found out.</summary>
public sealed record HealthConfig
{
    [Option("Requests that ask each server.", Default = "none")]
    public ActiveHealthConfig? Active { get; init; }

    [Option("What is learnt from clients' requests.")]
    public PassiveHealthConfig Passive { get; init; } = new();

    [Option("With fewer healthy servers than this, all are used; shown, never silent.")]
    public Percent Panic { get; init; } = new(50);

    /// <summary>Where it is written.</summary>
    public Position Position { get; init; } = Position.None;
}
