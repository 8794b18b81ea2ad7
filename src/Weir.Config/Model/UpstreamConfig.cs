using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>A group of servers that serve the same.</summary>
public sealed record UpstreamConfig : INamed
{
    /// <summary>The name in `upstreams`; one that a URL in a `to` made is named by its servers ("localhost:3000").</summary>
    public string Name { get; init; } = "";

    /// <summary>Whether a URL in a `to` made it.</summary>
    public bool IsImplicit { get; init; }

    [Option("The servers.", IsRequired = true, Example = "[http://10.0.0.11:8080, http://10.0.0.12:8080]")]
    public IReadOnlyList<ServerConfig> Servers { get; init; } = [];

    [Option("How a server is picked.")]
    public BalanceConfig Balance { get; init; } = new();

    [Option("Keeps a client on its server.", Default = "none")]
    public StickyConfig? Sticky { get; init; }

    [Option("How servers' health is found out.")]
    public HealthConfig Health { get; init; } = new();

    [Option("How long a server that came back is spared.")]
    public TimeSpan SlowStart { get; init; } = TimeSpan.Zero;

    [Option("What each server may be given at once, by the whole process.")]
    public UpstreamLimitsConfig Limits { get; init; } = new();

    [Option("When a request is sent again.")]
    public RetryConfig Retry { get; init; } = new();

    [Option("How long a server may take.")]
    public TimeoutsConfig Timeouts { get; init; } = new();

    [Option("The PROXY header sent to the servers.")]
    public ProxyProtocolVersion ProxyProtocol { get; init; } = ProxyProtocolVersion.Off;

    [Option("The coding that request bodies of compressible types, from 1 KiB on, are compressed with.", Default = "none", Example = "gzip")]
    public RequestCompression? CompressRequests { get; init; }

    /// <summary>Where it is written.</summary>
    public Position Position { get; init; } = Position.None;
}
