namespace Weir.Control;

/// <summary>An upstream as it is at a moment.</summary>
public sealed record UpstreamStatus
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>How a server is picked.</summary>
    public required string Balance { get; init; }

    /// <summary>Whether so few servers are healthy that all are used.</summary>
    public required bool Panicking { get; init; }

    /// <summary>How many servers new clients' requests may go to.</summary>
    public required int Usable { get; init; }

    /// <summary>Requests in flight at its servers.</summary>
    public required long InFlight { get; init; }

    /// <summary>Requests that wait for a place at a server.</summary>
    public required long Queued { get; init; }

    /// <summary>The servers.</summary>
    public required IReadOnlyList<ServerStatus> Servers { get; init; }
}
