using Weir.Abstractions.Exchanges;
using Weir.Config.Model;
using Weir.Net.Sockets;
using Weir.Net.Time;
using Weir.Pipeline.Balancing;
using Weir.Upstream.Connecting;
using Weir.Upstream.Pooling;
using Weir.Upstream.Resolving;

namespace Weir.Upstreams;

/// <summary>
/// Keeps an upstream's list of servers equal to what its names resolve to. A server whose address stays is the same object, with its pools
/// and health; one whose address is gone gets no new requests and ends with its connections.
/// </summary>
internal sealed class ResolvedServerSet : IDisposable
{
    private const int DefaultPort = 80;

    private readonly Lock _lock = new();
    private readonly UpstreamState _upstream;
    private readonly IReadOnlyList<ServerState> _fixed;
    private readonly Func<ServerConfig, string, SocketConnector, OriginLimits, ServerState> _make;
    private readonly Dictionary<string, ServerState> _known = new(StringComparer.Ordinal);
    private readonly ResolvedName?[] _latest;
    private readonly IReadOnlyList<NamedServers> _names;
    private readonly List<IDisposable> _watches = [];

    public ResolvedServerSet(
        UpstreamState upstream,
        IReadOnlyList<ServerState> fixedServers,
        IReadOnlyList<NamedServers> names,
        NameResolver resolver,
        Func<ServerConfig, string, SocketConnector, OriginLimits, ServerState> make)
    {
        _upstream = upstream;
        _fixed = fixedServers;
        _names = names;
        _make = make;
        _latest = new ResolvedName?[names.Count];
        for (int i = 0; i < names.Count; i++)
        {
            int index = i;
            ResolutionWatch<ResolvedName> watch = resolver.Watch(names[i].Name.Host, resolved => Update(index, resolved), names[i].Config.Refresh);
            _watches.Add(watch);
            Update(index, watch.Current);
        }
    }

    public void Dispose()
    {
        foreach (IDisposable watch in _watches)
        {
            watch.Dispose();
        }
    }

    private void Update(int index, ResolvedName resolved)
    {
        lock (_lock)
        {
            _latest[index] = resolved;
            List<ServerState> servers = [.. _fixed];
            for (int i = 0; i < _names.Count; i++)
            {
                AddServers(_names[i], _latest[i], servers);
            }

            _upstream.ReplaceServers(servers, LoopClock.System.MonotonicNs / 1_000_000);
        }
    }

    private void AddServers(NamedServers named, ResolvedName? resolved, List<ServerState> servers)
    {
        if (resolved is null)
        {
            return;
        }

        foreach (IpAddress address in resolved.Addresses)
        {
            SocketAddress endpoint = SocketAddress.Of(address, named.Name.Port ?? DefaultPort);
            string name = endpoint.ToString();
            if (!_known.TryGetValue(name, out ServerState? server))
            {
                server = _make(named.Config, name, SocketConnector.ToAddress(endpoint), named.Limits);
                _known[name] = server;
            }

            servers.Add(server);
        }
    }
}
