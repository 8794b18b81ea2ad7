using Weir.Http.Http1;

namespace Weir.Upstream.Pooling;

/// <summary>What origin connections may cost and how long they are waited for. Immutable.</summary>
public sealed record OriginLimits
{
    /// <summary>Time to connect.</summary>
    public int ConnectTimeoutMs { get; init; } = 2_000;

    /// <summary>Time from the request to the response's head.</summary>
    public int FirstByteTimeoutMs { get; init; } = 60_000;

    /// <summary>Time without an octet within a message, and of an idle connection in the pool.</summary>
    public int IdleTimeoutMs { get; init; } = 60_000;

    /// <summary>Idle connections kept for each server and loop.</summary>
    public int IdleConnections { get; init; } = 512;

    /// <summary>Connections, idle ones included, that the whole process may have to the server; 0: no limit.</summary>
    public int Connections { get; init; }

    /// <summary>Head size and field count of responses.</summary>
    public HeadLimits Head { get; init; } = new(32 * 1024, 256, 0);
}
