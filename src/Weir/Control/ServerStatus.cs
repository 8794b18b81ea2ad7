namespace Weir.Control;

/// <summary>A server as it is at a moment. Counts are since the start of the process, or since the server came.</summary>
public sealed record ServerStatus
{
    /// <summary>HOST:PORT unless the file gives it a name.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is.</summary>
    public required string Url { get; init; }

    /// <summary>What an operator has decided: ready, drain or down.</summary>
    public required string State { get; init; }

    /// <summary>healthy, ejected, failing or unresolved.</summary>
    public required string Health { get; init; }

    /// <summary>Whether it is used only when no other server may be.</summary>
    public required bool Backup { get; init; }

    /// <summary>The configured share.</summary>
    public required int Weight { get; init; }

    /// <summary>The share now: less than configured while the server is spared after it came back.</summary>
    public required double EffectiveWeight { get; init; }

    /// <summary>Requests in flight, tunnels included.</summary>
    public required int InFlight { get; init; }

    /// <summary>Open connections, those in use and idle ones.</summary>
    public required int Connections { get; init; }

    /// <summary>Connections that wait for work.</summary>
    public required int IdleConnections { get; init; }

    /// <summary>Requests that were sent to it.</summary>
    public required long Requests { get; init; }

    /// <summary>Requests that failed by its fault.</summary>
    public required long Failures { get; init; }

    /// <summary>The moving peak of the time until its answers begin, in milliseconds; null while unknown.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>How often it was set aside for failures.</summary>
    public required int Ejections { get; init; }

    /// <summary>For how long it is still set aside, in seconds; null when it is not.</summary>
    public double? EjectedSeconds { get; init; }

    /// <summary>Answers to clients whose cookie bound them to it.</summary>
    public required long StickyRequests { get; init; }

    /// <summary>When the last of those was; null: never.</summary>
    public DateTimeOffset? LastStickyAt { get; init; }

    /// <summary>The last changes of its health, oldest first.</summary>
    public required IReadOnlyList<HealthChange> History { get; init; }
}
