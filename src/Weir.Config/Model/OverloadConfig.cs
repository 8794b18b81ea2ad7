using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>From when on Weir has too much to do, and turns something away.</summary>
public sealed record OverloadConfig : ICanBeOff
{
    /// <inheritdoc/>
    public bool IsOff { get; init; }

    [Option("The share in use of limits.memory, or of the machine's or cgroup's memory.", Min = "1%", Max = "100%")]
    public Percent Memory { get; init; } = new(90);

    [Option("How long an event waits for its loop.", Min = "10ms", Max = "1m")]
    public TimeSpan Lag { get; init; } = TimeSpan.FromMilliseconds(250);

    [Option("How long the first request in a server's queue has waited.", Min = "10ms", Max = "1h")]
    public TimeSpan Queue { get; init; } = TimeSpan.FromSeconds(3);
}
