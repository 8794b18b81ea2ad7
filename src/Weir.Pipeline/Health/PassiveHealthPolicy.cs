namespace Weir.Pipeline.Health;

/// <summary>When a server is set aside for what exchanges saw of it. Immutable.</summary>
public sealed record PassiveHealthPolicy
{
    /// <summary>Failures within the window.</summary>
    public int Failures { get; init; } = 5;

    /// <summary>The window.</summary>
    public int WindowMs { get; init; } = 10_000;

    /// <summary>For how long.</summary>
    public int EjectMs { get; init; } = 30_000;

    /// <summary>The most of an upstream's servers that are set aside at once, 0 to 1.</summary>
    public double MaxEjectedShare { get; init; } = 0.5;
}
