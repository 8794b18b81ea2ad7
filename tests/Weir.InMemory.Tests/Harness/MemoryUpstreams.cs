using Weir.Config.Model;
using Weir.Config.Writing;
using Weir.Net.Loops;
using Weir.Net.Tls;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Health;
using Weir.Pipeline.Plans;
using Weir.Pipeline.Sticking;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;
using Weir.Upstream.Pooling;

namespace Weir.InMemory.Tests.Harness;

/// <summary>Upstreams whose servers are tests.</summary>
internal sealed class MemoryUpstreams : IUpstreamSource
{
    private readonly Loop _loop;
    private readonly CounterSet _counters;
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly StickyKeys _keys = new(new byte[StickyKeys.SecretOctets]);

    public MemoryUpstreams(Loop loop, CounterSet counters)
    {
        _loop = loop;
        _counters = counters;
    }

    /// <summary>What checks the servers where the configuration asks for it.</summary>
    public required HealthProbers Probers { get; init; }

    public Dictionary<string, OriginServer> Servers { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, UpstreamState> Upstreams { get; } = new(StringComparer.Ordinal);

    /// <summary>Where upstreams report.</summary>
    public required WeirLog Log { get; init; }

    public UpstreamState Make(UpstreamConfig config)
    {
        // A reload keeps what is written alike.
        string text = OptionText.Of(config);
        if (_texts.TryGetValue(config.Name, out string? before) && before == text)
        {
            return Upstreams[config.Name];
        }

        _texts[config.Name] = text;
        OriginLimits limits = new()
        {
            ConnectTimeoutMs = ForwardPolicies.Ms(config.Timeouts.Connect),
            FirstByteTimeoutMs = ForwardPolicies.Ms(config.Timeouts.FirstByte),
            IdleTimeoutMs = ForwardPolicies.Ms(config.Timeouts.Idle),
            Connections = config.Limits.Connections ?? 0,
        };
        List<ServerState> servers = [];
        foreach (ServerConfig server in config.Servers)
        {
            string name = server.Url!.Authority;
            OriginServer origin = new(_loop, limits, _counters.OfLoop(0), ProtocolsOf(server));
            Servers[name] = origin;
            servers.Add(new ServerState(name, server.Weight, server.Backup, origin, [origin.Pool]));
        }

        UpstreamState upstream = new(config.Name, servers, Balancers.Of(config.Balance), ForwardPolicies.Of(config, _keys), 1)
        {
            Log = Log,
            Counters = _counters.Shared,
        };
        Upstreams[config.Name] = upstream;
        Probers.Follow(upstream);
        return upstream;
    }

    // TLS itself has tests of its own: here a test says what it agrees on.
    private static AlpnProtocols ProtocolsOf(ServerConfig server) => server.Protocol switch
    {
        ListenerProtocol.H2 => AlpnProtocols.Http2,
        null when server.Url!.IsTls => AlpnProtocols.Http1 | AlpnProtocols.Http2,
        _ => AlpnProtocols.Http1,
    };
}
