using Weir.Certificates;
using Weir.Config.Model;
using Weir.Net.Loops;
using Weir.Net.Sockets;
using Weir.Net.Tls;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Forwarding;
using Weir.Pipeline.Health;
using Weir.Pipeline.Plans;
using Weir.Pipeline.Sticking;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;
using Weir.Upstream.Connecting;
using Weir.Upstream.Pooling;
using Weir.Upstream.Resolving;

namespace Weir.Upstreams;

/// <summary>Makes servers that connect: a pool for each loop.</summary>
internal sealed class ServerMaker
{
    private readonly IReadOnlyList<Loop> _loops;
    private readonly CounterSet _counters;

    public ServerMaker(IReadOnlyList<Loop> loops, CounterSet counters, NameResolver resolver, WeirLog log)
    {
        _loops = loops;
        _counters = counters;
        Resolver = resolver;
        Log = log;
        Names = new NameReports(log);
        Probers = new HealthProbers(loops, counters, log);
    }

    /// <summary>Names to addresses.</summary>
    public NameResolver Resolver { get; }

    /// <summary>What cookies of sticky sessions are made with; asked for only where they are configured.</summary>
    public Lazy<StickyKeys>? StickyKeys { get; init; }

    /// <summary>The files behind servers' TLS.</summary>
    public OriginFiles TlsFiles { get; } = new();

    /// <summary>Where upstreams report.</summary>
    public WeirLog Log { get; }

    /// <summary>Tells of names that do not resolve.</summary>
    public NameReports Names { get; }

    /// <summary>What asks the servers of upstreams that are in force.</summary>
    public HealthProbers Probers { get; }

    /// <summary>An upstream with its servers.</summary>
    public UpstreamState Make(UpstreamConfig config, IReadOnlyList<ServerState> servers) =>
        new(config.Name, servers, Balancers.Of(config.Balance), PolicyOf(config), _loops.Count)
        {
            Log = Log,
            Counters = _counters.Shared,
        };

    /// <summary>How requests are forwarded to an upstream.</summary>
    public ForwardPolicy PolicyOf(UpstreamConfig config) => ForwardPolicies.Of(config, config.Sticky is null ? null : StickyKeys?.Value);

    /// <summary>The server of a URL. Its name is resolved from now on, until its connector is disposed.</summary>
    public ServerState Make(ServerConfig config, OriginUrl url, OriginLimits limits)
    {
        SocketConnector connector = url.Address is { } address
            ? SocketConnector.ToAddress(SocketAddress.Of(address, url.Port), TlsOf(config))
            : SocketConnector.ToName(Resolver, url.Host, url.Port, config.Refresh, Names.OnChanged, TlsOf(config));
        return Make(config, config.Name ?? url.Authority, connector, limits);
    }

    /// <summary>TLS towards a server; null: plain. What its files lack was reported by <see cref="OriginCertificates.Check"/>.</summary>
    public OriginTls? TlsOf(ServerConfig config) => OriginCertificates.IsSecure(config)
        ? TlsFiles.Make(config, options => new OriginTls(options, [.. _loops.Select(loop => _counters.OfLoop(loop.Index))])
        {
            Log = Log,
            Name = config.Name ?? OriginCertificates.NameOf(config),
        })
        : null;

    /// <summary>A server by its connector.</summary>
    public ServerState Make(ServerConfig config, string name, SocketConnector connector, OriginLimits limits)
    {
        AlpnProtocols protocols = OriginCertificates.ProtocolsOf(config);
        OriginPool[] pools = [.. _loops.Select(loop => new OriginPool(loop, connector, limits, _counters.OfLoop(loop.Index), protocols))];
        return new ServerState(name, config.Weight, config.Backup, connector, pools)
        {
            Authority = config.Url?.Authority ?? config.Dns?.ToString() ?? name,
        };
    }
}
