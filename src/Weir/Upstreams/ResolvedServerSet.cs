using Weir.Abstractions.Exchanges;
using Weir.Net.Sockets;
using Weir.Net.Time;
using Weir.Pipeline.Balancing;
using Weir.Upstream.Connecting;
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
    private readonly ServerMaker _maker;
    private readonly IReadOnlyList<NamedServers> _names;
    private readonly List<ResolutionWatch<ResolvedName>> _watches = [];
    private bool _isInForce;

    /// <summary>Watches the names, but changes nothing before <see cref="Start"/>.</summary>
    public ResolvedServerSet(
        UpstreamState upstream, IReadOnlyList<ServerState> fixedServers, IReadOnlyList<NamedServers> names, ServerMaker maker)
    {
        _upstream = upstream;
        _fixed = fixedServers;
        _names = names;
        _maker = maker;
        foreach (NamedServers name in names)
        {
            _watches.Add(maker.Resolver.Watch(name.Name.Host, OnChanged, name.Config.Refresh));
        }
    }

    /// <summary>The entries.</summary>
    public IReadOnlyList<NamedServers> Names => _names;

    /// <summary>The servers of an entry, those whose addresses are gone included.</summary>
    public IReadOnlyList<ServerState> ServersOf(NamedServers name)
    {
        lock (_lock)
        {
            return [.. name.Known.Values];
        }
    }

    /// <summary>Puts its servers in force, and every change of the names from now on.</summary>
    public void Start()
    {
        lock (_lock)
        {
            _isInForce = true;
        }

        Update();
    }

    /// <summary>Whatever is told afterwards changes nothing any more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isInForce = false;
        }

        _watches.ForEach(watch => watch.Dispose());
    }

    private void OnChanged(ResolvedName name)
    {
        _maker.Names.OnChanged(name);
        Update();
    }

    private void Update()
    {
        lock (_lock)
        {
            if (!_isInForce)
            {
                return;
            }

            List<ServerState> servers = [.. _fixed];
            for (int i = 0; i < _names.Count; i++)
            {
                AddServers(_names[i], _watches[i].Current, servers);
            }

            HashSet<ServerState> current = [.. servers];
            foreach (NamedServers name in _names)
            {
                name.Forget(current);
            }

            _upstream.ReplaceServers(servers, LoopClock.System.MonotonicNs / 1_000_000);
            _maker.Probers.Follow(_upstream);
        }
    }

    private void AddServers(NamedServers named, ResolvedName resolved, List<ServerState> servers)
    {
        foreach (IpAddress address in resolved.Addresses)
        {
            SocketAddress endpoint = SocketAddress.Of(address, named.Name.Port ?? DefaultPort);
            string name = endpoint.ToString();
            if (!named.Known.TryGetValue(name, out ServerState? server))
            {
                server = _maker.Make(named.Config, name, SocketConnector.ToAddress(endpoint, _maker.TlsOf(named.Config)), named.Limits);
                named.Known[name] = server;
            }
            else if (server.Weight != named.Config.Weight || server.IsBackup != named.Config.Backup)
            {
                server.SetShare(named.Config.Weight, named.Config.Backup);
            }

            servers.Add(server);
        }
    }
}
