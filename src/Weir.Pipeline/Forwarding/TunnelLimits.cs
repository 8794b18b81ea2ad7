namespace Weir.Pipeline.Forwarding;

/// <summary>Limits of tunnels: WebSocket and other upgrades. Immutable.</summary>
public sealed record TunnelLimits
{
    /// <summary>Time without an octet in either direction.</summary>
    public int IdleMs { get; init; } = 3_600_000;

    /// <summary>Time in all.</summary>
    public long LifetimeMs { get; init; } = 86_400_000;

    /// <summary>The Upgrade tokens that are passed on, in lower case; others are ignored, as RFC 9110 section 7.8 allows.</summary>
    public IReadOnlyList<string> Tokens { get; init; } = ["websocket"];
}
