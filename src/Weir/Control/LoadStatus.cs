namespace Weir.Control;

/// <summary>How much there is to do, and what is turned away for it.</summary>
public sealed record LoadStatus
{
    /// <summary>
    /// What is turned away: "normal" nothing, "heavy-clients" new connections from where most come, "low-priority" such requests as well.
    /// </summary>
    public required string Level { get; init; }

    /// <summary>The threshold of limits.overload that was passed: memory, lag or queue; null at normal.</summary>
    public string? Cause { get; init; }

    /// <summary>Since when anything is turned away; null at normal.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The share in use of limits.memory or of the machine's memory, in percent.</summary>
    public required double MemoryPercent { get; init; }

    /// <summary>How long an event waits for its loop, in milliseconds.</summary>
    public required long LagMs { get; init; }

    /// <summary>How long the first request in a server's queue has waited, in milliseconds.</summary>
    public required long QueueMs { get; init; }

    /// <summary>Connections refused for it since the start.</summary>
    public required long RefusedConnections { get; init; }

    /// <summary>Requests refused for it since the start.</summary>
    public required long RefusedRequests { get; init; }
}
