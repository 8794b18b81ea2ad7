using Weir.Config.Model;
using Weir.Net.Loops;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Plans;
using Weir.Pipeline.Sticking;
using Weir.Telemetry.Counting;
using Weir.Upstream.Pooling;

namespace Weir.Upstreams;

/// <summary>Upstreams for `weir check` and `weir explain`: their servers have names, weights and pools, and connect to nothing.</summary>
internal sealed class InertUpstreams : IUpstreamSource
{
    private static readonly InertConnector _connector = new();

    private readonly Loop? _loop;
    private readonly CounterSet? _counters;
    private readonly StickyKeys? _stickyKeys;

    /// <summary>For compiling alone: no servers.</summary>
    public InertUpstreams()
    {
    }

    /// <summary>For exchanges of one loop that only ask.</summary>
    public InertUpstreams(Loop loop, CounterSet counters, StickyKeys? stickyKeys = null)
    {
        _stickyKeys = stickyKeys;
        _loop = loop;
        _counters = counters;
    }

    public UpstreamState Make(UpstreamConfig config)
    {
        List<ServerState> servers = [];
        if (_loop is not null)
        {
            servers.AddRange(config.Servers.Select(server => MakeServer(server, _loop)));
        }

        return new UpstreamState(config.Name, servers, Balancers.Of(config.Balance), ForwardPolicies.Of(config, _stickyKeys), 1);
    }

    private ServerState MakeServer(ServerConfig config, Loop loop)
    {
        // A name's addresses are known only to a Weir that runs: the name stands for all of them.
        string name = config.Name ?? config.Url?.Authority ?? $"every address of {config.Dns}";
        OriginPool pool = new(loop, _connector, new OriginLimits(), _counters!.OfLoop(loop.Index));
        return new ServerState(name, config.Weight, config.Backup, _connector, [pool]) { StandsForName = config.Dns is not null };
    }
}
