using Weir.Config.Model;
using Weir.Config.Writing;
using Weir.Http.Http1;
using Weir.Net.Time;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Plans;
using Weir.Upstream.Pooling;

namespace Weir.Upstreams;

/// <summary>
/// The upstreams of a next configuration, prepared beside the running ones: what is the same is the same object, and nothing that runs is
/// touched before <see cref="Apply"/>. One thread.
/// </summary>
internal sealed class UpstreamChange : IUpstreamSource
{
    private readonly IReadOnlyDictionary<string, LiveUpstream> _before;
    private readonly ServerMaker _maker;
    private readonly HeadLimits _responseHead;
    private readonly Dictionary<string, LiveUpstream> _next = new(StringComparer.Ordinal);
    private readonly HashSet<ServerState> _made = [];
    private readonly List<ServerState> _retired = [];
    private readonly List<(ServerState Server, int Weight, bool IsBackup)> _shares = [];
    private readonly List<(ServerState Server, OriginLimits Limits)> _limits = [];

    public UpstreamChange(IReadOnlyDictionary<string, LiveUpstream> before, ServerMaker maker, HeadLimits responseHead)
    {
        _before = before;
        _maker = maker;
        _responseHead = responseHead;
    }

    /// <summary>What is touched.</summary>
    public UpstreamTouches Touches { get; } = new();

    /// <summary>The upstreams afterwards.</summary>
    public IReadOnlyDictionary<string, LiveUpstream> Next => _next;

    /// <inheritdoc/>
    public UpstreamState Make(UpstreamConfig config)
    {
        OriginLimits limits = new()
        {
            ConnectTimeoutMs = ForwardPolicies.Ms(config.Timeouts.Connect),
            FirstByteTimeoutMs = ForwardPolicies.Ms(config.Timeouts.FirstByte),
            IdleTimeoutMs = ForwardPolicies.Ms(config.Timeouts.Idle),
            Connections = config.Limits.Connections ?? 0,
            Head = _responseHead,
        };
        LiveUpstream next = Carry(config, limits, _before.GetValueOrDefault(config.Name));
        _next[config.Name] = next;
        return next.State;
    }

    /// <summary>Undoes what was prepared.</summary>
    public void Abandon()
    {
        foreach (LiveUpstream upstream in _next.Values)
        {
            if (!ReferenceEquals(upstream, _before.GetValueOrDefault(upstream.Config.Name)))
            {
                upstream.Resolved?.Dispose();
            }
        }

        foreach (ServerState server in _made)
        {
            StopResolving(server);
        }
    }

    /// <summary>Puts shares, policies and lists of servers in force. The loops' part is <see cref="ApplyOn"/>.</summary>
    public void Apply()
    {
        _shares.ForEach(share => share.Server.SetShare(share.Weight, share.IsBackup));
        foreach (LiveUpstream upstream in _next.Values)
        {
            LiveUpstream? before = _before.GetValueOrDefault(upstream.Config.Name);
            if (!ReferenceEquals(upstream, before))
            {
                PutInForce(upstream, before);
                _maker.Probers.Follow(upstream.State);
            }
        }

        foreach (LiveUpstream gone in _before.Values.Where(upstream => !_next.ContainsKey(upstream.Config.Name)))
        {
            Touches.Removed.Add(gone.Config.Name);
            Retire(gone.Config.Name, gone.Fixed.Select(server => server.State));
            RetireNames(gone, []);
            gone.Resolved?.Dispose();
            _maker.Probers.Forget(gone.State);
        }

        _retired.ForEach(StopResolving);
    }

    /// <summary>What only a loop can do to its pools.</summary>
    public void ApplyOn(int loop)
    {
        foreach ((ServerState server, OriginLimits limits) in _limits)
        {
            LiveServer.Limit(server, loop, limits);
        }

        foreach (ServerState server in _retired)
        {
            LiveServer.Retire(server, loop);
        }
    }

    private LiveUpstream Carry(UpstreamConfig config, OriginLimits limits, LiveUpstream? before)
    {
        string text = OptionText.Of(config);
        if (before is not null && before.Text == text && before.Limits == limits)
        {
            Touches.Kept++;
            Touches.ServersKept += before.State.Servers.Count;
            return before;
        }

        (before is null ? Touches.Added : Touches.Changed).Add(config.Name);
        List<LiveServer> known = [.. before?.Fixed ?? []];
        List<LiveServer> servers = [.. config.Servers.Where(server => server.Url is not null).Select(server => Carry(config.Name, server, limits, known))];
        Touches.ServersKept += servers.Count(server => !_made.Contains(server.State));
        ServerState[] states = [.. servers.Select(server => server.State)];
        UpstreamState state = before?.State ?? _maker.Make(config, states);
        return new LiveUpstream
        {
            Config = config,
            Text = text,
            Limits = limits,
            State = state,
            Fixed = servers,
            Resolved = CarryNames(config, limits, before, state, states),
        };
    }

    private LiveServer Carry(string upstream, ServerConfig config, OriginLimits limits, List<LiveServer> known)
    {
        string identity = LiveServer.IdentityOf(config);
        int place = known.FindIndex(server => server.Identity == identity);
        if (place < 0)
        {
            ServerState made = _maker.Make(config, config.Url!, limits);
            _made.Add(made);
            Touches.ServersAdded.Add($"{upstream}/{made.Name}");
            return new LiveServer(identity, made);
        }

        // Taken out of the list: the same server written twice is two servers.
        LiveServer server = known[place];
        known.RemoveAt(place);
        Share(upstream, server.State, config);
        _limits.Add((server.State, limits));
        return server;
    }

    private ResolvedServerSet? CarryNames(
        UpstreamConfig config, OriginLimits limits, LiveUpstream? before, UpstreamState state, IReadOnlyList<ServerState> servers)
    {
        List<NamedServers> known = [.. before?.Resolved?.Names ?? []];
        List<NamedServers> names = [];
        foreach (ServerConfig server in config.Servers.Where(server => server.Dns is not null))
        {
            string identity = LiveServer.IdentityOf(server);
            NamedServers? same = known.Find(name => name.Identity == identity);
            names.Add(new NamedServers(server, server.Dns!, limits, same));
            if (same is null)
            {
                continue;
            }

            known.Remove(same);
            foreach (ServerState resolved in before!.Resolved!.ServersOf(same))
            {
                Share(config.Name, resolved, server);
                _limits.Add((resolved, limits));
            }
        }

        return names.Count == 0 ? null : new ResolvedServerSet(state, servers, names, _maker);
    }

    private void Share(string upstream, ServerState server, ServerConfig config)
    {
        if (server.Weight != config.Weight || server.IsBackup != config.Backup)
        {
            _shares.Add((server, config.Weight, config.Backup));
            Touches.ServersChanged.Add($"{upstream}/{server.Name}");
        }
    }

    private void PutInForce(LiveUpstream upstream, LiveUpstream? before)
    {
        if (before is not null)
        {
            // First, so that no answer of a name brings the balancer of before back.
            before.Resolved?.Dispose();
            bool isBalancedAlike = OptionText.Of(before.Config.Balance) == OptionText.Of(upstream.Config.Balance);
            IBalancer balancer = isBalancedAlike ? upstream.State.Balancer : Balancers.Of(upstream.Config.Balance);
            upstream.State.Reconfigure(_maker.PolicyOf(upstream.Config), balancer);
            ServerState[] kept = [.. upstream.Fixed.Select(server => server.State)];
            Retire(upstream.Config.Name, before.Fixed.Select(server => server.State).Except(kept));
            RetireNames(before, upstream.Resolved?.Names ?? []);
            if (upstream.Resolved is null)
            {
                upstream.State.ReplaceServers(kept, LoopClock.System.MonotonicNs / 1_000_000);
            }
        }

        upstream.Resolved?.Start();
    }

    // Entries that are carried over share the dictionary of their servers.
    private void RetireNames(LiveUpstream before, IReadOnlyList<NamedServers> next)
    {
        foreach (NamedServers name in before.Resolved?.Names ?? [])
        {
            if (!next.Any(kept => ReferenceEquals(kept.Known, name.Known)))
            {
                Retire(before.Config.Name, before.Resolved!.ServersOf(name));
            }
        }
    }

    private void Retire(string upstream, IEnumerable<ServerState> servers)
    {
        foreach (ServerState server in servers)
        {
            _retired.Add(server);
            Touches.ServersRemoved.Add($"{upstream}/{server.Name}");
        }
    }

    private static void StopResolving(ServerState server) => (server.Connector as IDisposable)?.Dispose();
}
