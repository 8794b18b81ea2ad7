// Hot: one pick for every try.
using Weir.Abstractions.Exchanges;
using Weir.Pipeline.Forwarding;
using Weir.Pipeline.Limiting;
using Weir.Pipeline.Sticking;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Pipeline.Balancing;

/// <summary>
/// An upstream as it lives: its servers, how one of them is picked, and what is remembered of them. Shared by all loops: the list of
/// servers is immutable and swapped (names that resolve to servers), the rest is per loop or atomic.
/// </summary>
public sealed class UpstreamState
{
    private readonly Candidates[] _candidates;
    private readonly PanicAlarm _panic = new();

    // Held by who replaces servers or balancer: a reload and an answer of the name system may come at once.
    private readonly Lock _changing = new();
    private volatile ForwardPolicy _policy;
    private volatile ServerSet _servers;
    private volatile StickyTable? _stickyTable;

    /// <summary>An upstream.</summary>
    public UpstreamState(string name, IReadOnlyList<ServerState> servers, IBalancer balancer, ForwardPolicy policy, int loops)
    {
        Budget = new RetryBudget(loops, policy.BudgetShare);
        Name = name;
        _servers = new ServerSet(servers, balancer);
        _policy = policy;
        Queue = new ServerQueue(this, loops);
        _candidates = new Candidates[loops];
        for (int loop = 0; loop < loops; loop++)
        {
            _candidates[loop] = new Candidates(loop);
        }

        SetSlowStart();
    }

    /// <summary>The name in the configuration.</summary>
    public string Name { get; }

    /// <summary>Where panic is reported.</summary>
    public WeirLog Log { get; init; } = WeirLog.Silent;

    /// <summary>Where panic is counted.</summary>
    public SharedCounters Counters { get; init; } = new();

    /// <summary>Timeouts, retries and what else forwarding to it obeys: one immutable snapshot, read once by each exchange.</summary>
    public ForwardPolicy Policy => _policy;

    /// <summary>How a server is picked.</summary>
    public IBalancer Balancer => _servers.Balancer;

    /// <summary>The name of the policy that picks a server.</summary>
    public string BalancerName => _servers.Balancer.Name;

    /// <summary>How many resent requests are affordable.</summary>
    public RetryBudget Budget { get; }

    /// <summary>Where exchanges wait while the servers are at their limits.</summary>
    public ServerQueue Queue { get; }

    /// <summary>Held while it is decided who is set aside: that depends on the others.</summary>
    internal Lock EjectionLock { get; } = new();

    /// <summary>Who knows the states of servers that come anew; null where nobody does.</summary>
    public IServerMemory? Memory { get; set; }

    /// <summary>The servers now.</summary>
    public IReadOnlyList<ServerState> Servers => _servers.All;

    /// <summary>Whether an operator has left a server ready, well or not. Without one nothing new can go here.</summary>
    public bool HasReady
    {
        get
        {
            foreach (ServerState server in _servers.Everyone)
            {
                if (server.AdminState == AdminState.Ready)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Whether too few servers were well when somebody last looked: every pick does, and <see cref="ReviewPanic"/>.</summary>
    public bool IsPanicking => _panic.IsOn;

    /// <summary>Puts another list of servers in force. Those that are new among servers that run begin slowly.</summary>
    /// <param name="servers">The servers.</param>
    /// <param name="nowMs">The monotonic time of the loops; 0: none begins slowly.</param>
    public void ReplaceServers(IReadOnlyList<ServerState> servers, long nowMs = 0)
    {
        if (_servers.IsOf(servers))
        {
            return;
        }

        Memory?.Recall(Name, servers);
        ServerSet before;
        lock (_changing)
        {
            before = _servers;
            _servers = new ServerSet(servers, before.Balancer);
            SetSlowStart();
        }

        if (nowMs == 0 || before.Everyone.Length == 0)
        {
            return;
        }

        foreach (ServerState server in servers.Except(before.Everyone))
        {
            server.OnReturned(nowMs);
        }
    }

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
        lock (_changing)
        {
            Budget.Share = policy.BudgetShare;
            _policy = policy;
            _servers = new ServerSet(_servers.All, balancer);
            SetSlowStart();
        }
    }

    /// <summary>
    /// Picks a server that was not tried yet: a well one, else a well backup; in panic any that an operator has left ready. What is tried
    /// again goes to a well server where there is one, even in panic, and to one that is not well rather than nowhere.
    /// </summary>
    /// <param name="exchange">The exchange, on its loop.</param>
    /// <param name="tried">Servers that failed this exchange already.</param>
    public ServerState? Pick(Exchange exchange, in TriedServers tried)
    {
        ServerSet set = _servers;
        long nowMs = exchange.Loop.NowMs;
        if (set.Only is { } only && tried.IsEmpty && only.IsUsable(nowMs) && !_panic.IsOn)
        {
            return only;
        }

        Candidates candidates = CandidatesOf(set, exchange.Loop, nowMs);
        return tried.IsEmpty ? set.Balancer.Pick(candidates, exchange, tried) : PickAnother(set, candidates, exchange, tried);
    }

    /// <summary>
    /// Whether a client that is bound to a server may go there: also to one that is not well while all are used, or panic would scatter
    /// every session. On the loop.
    /// </summary>
    internal bool MayServeBound(ServerState server, LoopServices loop) =>
        server.IsUsableForBound(loop.NowMs)
        || (server.AdminState == AdminState.Ready && CandidatesOf(_servers, loop, loop.NowMs).IsPanic);

    /// <summary>
    /// The servers of which <see cref="Pick"/> would take one for a first try: well ones, else well backups, in panic all.
    /// </summary>
    public IReadOnlyList<ServerState> CandidatesAt(long nowMs)
    {
        Candidates candidates = WorkOut(_servers, nowMs);
        return [.. Enumerable.Range(0, candidates.Count).Select(candidates.ServerAt)];
    }

    /// <summary>
    /// The server that a first try would go to, where the request alone decides; null where a lot or what is in flight does. For who only
    /// asks.
    /// </summary>
    public ServerState? Foresee(Exchange exchange)
    {
        ServerSet set = _servers;
        return set.Balancer is HashBalancer hash && hash.HasKey(exchange) && !Array.Exists(set.Everyone, server => server.StandsForName)
            ? hash.Pick(WorkOut(set, exchange.Loop.NowMs), exchange, default)
            : null;
    }

    /// <summary>Whether too few servers are well; reports the change if there is one. Any thread: for who shows or checks health.</summary>
    /// <param name="nowMs">The monotonic time of the loops.</param>
    public bool ReviewPanic(long nowMs)
    {
        Candidates candidates = WorkOut(_servers, nowMs);
        Note(candidates, nowMs);
        return candidates.IsPanic;
    }

    private Candidates CandidatesOf(ServerSet set, LoopServices loop, long nowMs)
    {
        Candidates candidates = _candidates[loop.Index];
        if (!candidates.Holds(set, nowMs))
        {
            candidates.Refresh(set, nowMs, _policy.PanicShare, loop);
            Note(candidates, nowMs);
        }

        return candidates;
    }

    // Not hot: for who only asks, on any thread.
    private Candidates WorkOut(ServerSet set, long nowMs)
    {
        Candidates candidates = new(loop: 0);
        candidates.Refresh(set, nowMs, _policy.PanicShare, loop: null);
        return candidates;
    }

    private static ServerState? PickAnother(ServerSet set, Candidates candidates, Exchange exchange, in TriedServers tried)
    {
        ServerState? other = candidates.IsPanic ? null : set.Balancer.Pick(candidates, exchange, tried);
        return other
            ?? LeastLoaded(set.Primaries, exchange.Loop, tried, mustBeWell: true)
            ?? LeastLoaded(set.Backups, exchange.Loop, tried, mustBeWell: true)
            ?? LeastLoaded(set.Everyone, exchange.Loop, tried, mustBeWell: false);
    }

    private static ServerState? LeastLoaded(ServerState[] servers, LoopServices loop, in TriedServers tried, bool mustBeWell)
    {
        ServerState? least = null;
        foreach (ServerState server in servers)
        {
            bool isAllowed = server.AdminState == AdminState.Ready && !tried.Contains(server) && (!mustBeWell || server.IsWell(loop.NowMs));
            if (isAllowed && (least is null || server.PoolOf(loop.Index).ActiveCount < least.PoolOf(loop.Index).ActiveCount))
            {
                least = server;
            }
        }

        return least;
    }

    private void Note(Candidates candidates, long nowMs)
    {
        if (candidates.IsPanic == _panic.IsOn || !_panic.TryTurn(candidates.IsPanic, nowMs))
        {
            return;
        }

        if (!candidates.IsPanic)
        {
            Log.Write(OperatorEvents.PanicOver, Name);
            return;
        }

        Counters.Add(Counter.Panics);
        Log.Write(OperatorEvents.Panic, Name, candidates.WellCount, candidates.ReadyCount);
    }

    private void SetSlowStart()
    {
        foreach (ServerState server in _servers.Everyone)
        {
            server.SlowStartMs = _policy.SlowStartMs;
        }
    }
}
