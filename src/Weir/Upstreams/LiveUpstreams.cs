using Weir.Config.Model;
using Weir.Http.Http1;
using Weir.Net.Loops;
using Weir.Net.Sockets;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Plans;
using Weir.Pipeline.Sticking;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;
using Weir.Upstream.Connecting;
using Weir.Upstream.Pooling;
using Weir.Upstream.Resolving;

namespace Weir.Upstreams;

/// <summary>Makes upstreams that connect: a pool for each server and loop, names kept resolved.</summary>
internal sealed class LiveUpstreams : IUpstreamSource, IDisposable
{
    private readonly IReadOnlyList<Loop> _loops;
    private readonly CounterSet _counters;
    private readonly NameResolver _resolver;
    private readonly List<IDisposable> _owned = [];

    public LiveUpstreams(IReadOnlyList<Loop> loops, CounterSet counters, NameResolver resolver)
    {
        _loops = loops;
        _counters = counters;
        _resolver = resolver;
    }

    /// <summary>Head limits for responses: limits.header_size, with room for more fields than clients may send.</summary>
    public HeadLimits ResponseHead { get; init; } = new OriginLimits().Head;

    /// <summary>What cookies of sticky sessions are made with; asked for only where they are configured.</summary>
    public Lazy<StickyKeys>? StickyKeys { get; init; }

    /// <summary>Where upstreams report.</summary>
    public WeirLog Log { get; init; } = WeirLog.Silent;

    public UpstreamState Make(UpstreamConfig config)
    {
        OriginLimits limits = new()
        {
            ConnectTimeoutMs = ForwardPolicies.Ms(config.Timeouts.Connect),
            FirstByteTimeoutMs = ForwardPolicies.Ms(config.Timeouts.FirstByte),
            IdleTimeoutMs = ForwardPolicies.Ms(config.Timeouts.Idle),
            Connections = config.Limits.Connections ?? 0,
            Head = ResponseHead,
        };
        List<ServerState> servers = [];
        List<NamedServers> named = [];
        foreach (ServerConfig server in config.Servers)
        {
            if (server.Dns is { } dns)
            {
                named.Add(new NamedServers(server, dns, limits));
            }
            else if (server.Url is { } url)
            {
                servers.Add(MakeServer(server, server.Name ?? url.Authority, ConnectorTo(url, server.Refresh), limits));
            }
        }

        IBalancer balancer = Balancers.Of(config.Balance);
        UpstreamState upstream = new(config.Name, servers, balancer, ForwardPolicies.Of(config, config.Sticky is null ? null : StickyKeys?.Value), _loops.Count)
        {
            Log = Log,
            Counters = _counters.Shared,
        };
        if (named.Count > 0)
        {
            _owned.Add(new ResolvedServerSet(upstream, servers, named, _resolver, MakeServer));
        }

        return upstream;
    }

    public void Dispose()
    {
        foreach (IDisposable owned in _owned)
        {
            owned.Dispose();
        }
    }

    private SocketConnector ConnectorTo(OriginUrl url, TimeSpan? refresh)
    {
        if (url.Address is { } address)
        {
            return SocketConnector.ToAddress(SocketAddress.Of(address, url.Port));
        }

        SocketConnector connector = SocketConnector.ToName(_resolver, url.Host, url.Port, refresh);
        _owned.Add(connector);
        return connector;
    }

    private ServerState MakeServer(ServerConfig config, string name, SocketConnector connector, OriginLimits limits)
    {
        OriginPool[] pools = [.. _loops.Select(loop => new OriginPool(loop, connector, limits, _counters.OfLoop(loop.Index)))];
        return new ServerState(name, config.Weight, config.Backup, connector, pools);
    }
}
