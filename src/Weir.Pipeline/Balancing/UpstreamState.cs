// Hot: one pick for every try.
using Weir.Abstractions.Exchanges;
using Weir.Pipeline.Forwarding;
using Weir.Pipeline.Health;
using Weir.Pipeline.Limiting;
using Weir.Pipeline.Sticking;

namespace Weir.Pipeline.Balancing;

/// <summary>
/// An upstream as it lives: its servers, how one of them is picked, and what is remembered of them. Shared by all loops: the list of
/// servers is immutable and swapped (names that resolve to servers), the rest is per loop or atomic.
/// </summary>
public sealed class UpstreamState
{
    private volatile IBalancer _balancer;
    private volatile ForwardPolicy _policy;
    private volatile ServerSet _servers;
    private volatile StickyTable? _stickyTable;

    /// <summary>An upstream.</summary>
    public UpstreamState(string name, IReadOnlyList<ServerState> servers, IBalancer balancer, ForwardPolicy policy, int loops)
    {
        Budget = new RetryBudget(loops, policy.BudgetShare);
        Name = name;
        _servers = new ServerSet(servers);
        _balancer = balancer;
        _policy = policy;
        Queue = new ServerQueue(this, loops);
    }

    /// <summary>The name in the configuration.</summary>
    public string Name { get; }

    /// <summary>Timeouts, retries and what else forwarding to it obeys: one immutable snapshot, read once by each exchange.</summary>
    public ForwardPolicy Policy => _policy;

    /// <summary>How a server is picked.</summary>
    public IBalancer Balancer => _balancer;

    /// <summary>The name of the policy that picks a server.</summary>
    public string BalancerName => _balancer.Name;

    /// <summary>How many resent requests are affordable.</summary>
    public RetryBudget Budget { get; }

    /// <summary>Where exchanges wait while the servers are at their limits.</summary>
    public ServerQueue Queue { get; }

    /// <summary>The servers now.</summary>
    public IReadOnlyList<ServerState> Servers => _servers.All;

    /// <summary>Puts another list of servers in force.</summary>
    public void ReplaceServers(IReadOnlyList<ServerState> servers) => _servers = new ServerSet(servers);

    /// <summary>The numbers that its servers have in cookies.</summary>
    internal StickyTable StickyTable(StickyKeys keys)
    {
        IReadOnlyList<ServerState> servers = _servers.All;
        StickyTable? table = _stickyTable;
        if (table is null || !table.IsFor(servers, keys))
        {
            table = new StickyTable(Name, servers, keys);
            _stickyTable = table;
        }

        return table;
    }

    /// <summary>
    /// Obeys a changed configuration from now on; servers, pools and health stay. The list of servers is replaced by itself.
    /// </summary>
    public void Reconfigure(ForwardPolicy policy, IBalancer balancer)
    {
        Budget.Share = policy.BudgetShare;
        _policy = policy;
        _balancer = balancer;
    }

    /// <summary>
    /// Picks a server that was not tried yet: a usable one, else a usable backup, else, in panic, any.
    /// </summary>
    /// <param name="exchange">The exchange, on its loop.</param>
    /// <param name="tried">Servers that failed this exchange already.</param>
    public ServerState? Pick(Exchange exchange, in TriedServers tried)
    {
        ServerSet set = _servers;
        long nowMs = exchange.Loop.NowMs;
        ServerState[] primaries = set.Primaries;
        if (primaries.Length == 1 && !tried.Contains(primaries[0]) && primaries[0].IsUsable(nowMs))
        {
            return primaries[0];
        }

        return _balancer.Pick(primaries, exchange, tried, mustBeUsable: true)
            ?? _balancer.Pick(set.Backups, exchange, tried, mustBeUsable: true)
            ?? _balancer.Pick(set.Everyone, exchange, tried, mustBeUsable: false);
    }

    /// <summary>The servers of which <see cref="Pick"/> would take one for a first try: usable ones, else usable backups, else all.</summary>
    public IReadOnlyList<ServerState> CandidatesAt(long nowMs)
    {
        // Not hot: only who explains a request asks.
        ServerSet set = _servers;
        ServerState[] primaries = Array.FindAll(set.Primaries, server => server.IsUsable(nowMs));
        ServerState[] backups = Array.FindAll(set.Backups, server => server.IsUsable(nowMs));
        return primaries.Length > 0 ? primaries : backups.Length > 0 ? backups : set.Everyone;
    }

    /// <summary>A try failed in a way that speaks against the server.</summary>
    public bool OnFailure(ServerState server, long nowMs, PassiveHealthPolicy policy) =>
        server.Health.OnFailure(nowMs, policy) && MayEject(server, nowMs, policy);

    // The cap is on the share of ejected servers: when half of them fail, the fault is probably not theirs.
    private bool MayEject(ServerState server, long nowMs, PassiveHealthPolicy policy)
    {
        ServerState[] all = _servers.Everyone;
        int ejected = 0;
        foreach (ServerState other in all)
        {
            ejected += other.Health.IsEjected(nowMs) ? 1 : 0;
        }

        if ((ejected + 1) > all.Length * policy.MaxEjectedShare)
        {
            return false;
        }

        server.Health.Eject(nowMs + policy.EjectMs);
        return true;
    }

    private sealed class ServerSet
    {
        public ServerSet(IReadOnlyList<ServerState> all)
        {
            All = all;
            Everyone = [.. all];
            Primaries = [.. all.Where(server => !server.IsBackup)];
            Backups = [.. all.Where(server => server.IsBackup)];
        }

        public IReadOnlyList<ServerState> All { get; }

        public ServerState[] Everyone { get; }

        public ServerState[] Primaries { get; }

        public ServerState[] Backups { get; }
    }
}
