using Weir.Net.Tls;
using Weir.Pipeline.Health;
using Weir.Pipeline.Limiting;
using Weir.Upstream.Connecting;
using Weir.Upstream.Pooling;

namespace Weir.Pipeline.Balancing;

/// <summary>
/// A server of an upstream as it lives: its pools, one a loop, and its health. Shared by all loops; each loop uses its own pool, health is
/// atomic. Carried over by a reload as the same object.
/// </summary>
public sealed class ServerState
{
    /// <summary>A weight of 1 in the configuration, as <see cref="EffectiveWeight"/> gives it: so that it can be a fraction.</summary>
    public const int WeightUnit = 256;

    // What a server gets at once when it comes back: enough to be seen, and to warm up by.
    private const double FirstShare = 0.05;

    private readonly OriginPool[] _pools;
    private readonly ServerTally[] _tallies;
    private volatile AdminState _adminState;
    private volatile bool _isFailingChecks;
    private volatile bool _isAwaitingChecks;
    private volatile int _weight;
    private volatile bool _isBackup;
    private volatile int _slowStartMs;
    private long _returnedMs;

    /// <summary>A server with a pool for each loop.</summary>
    public ServerState(string name, int weight, bool isBackup, IConnector connector, OriginPool[] pools)
    {
        Name = name;
        _weight = weight;
        _isBackup = isBackup;
        Connector = connector;
        _pools = pools;
        _tallies = [.. pools.Select(_ => new ServerTally())];
        Slots = new ConnectionSlots(pools);
        foreach (OriginPool pool in pools)
        {
            pool.Slots = Slots;
        }
    }

    /// <summary>The name in logs and commands: HOST:PORT unless configured.</summary>
    public string Name { get; }

    /// <summary>HOST:PORT, which it is asked for by checks; its name unless that was chosen by somebody.</summary>
    public string Authority { get => field ?? Name; init; }

    /// <summary>Its share relative to the others.</summary>
    public int Weight => _weight;

    /// <summary>Whether it is used only when no other server may be.</summary>
    public bool IsBackup => _isBackup;

    /// <summary>Whether it stands for every address of a name, which nobody has looked up: only where nothing is connected.</summary>
    public bool StandsForName { get; init; }

    /// <summary>The versions of HTTP that it is spoken to in; both: TLS agrees on one.</summary>
    public AlpnProtocols Protocols => _pools.Length > 0 ? _pools[0].Protocols : AlpnProtocols.Http1;

    /// <summary>What makes its connections.</summary>
    public IConnector Connector { get; }

    /// <summary>What exchanges have learnt of it.</summary>
    public PassiveHealth Health { get; } = new();

    /// <summary>Its requests in flight, where they are limited.</summary>
    public ServerLimit Limit { get; } = new();

    /// <summary>Its connections, where they are limited.</summary>
    public ConnectionSlots Slots { get; }

    /// <summary>What an operator has decided about it; <see cref="SetAdminState"/> changes it. Any thread.</summary>
    public AdminState AdminState => _adminState;

    /// <summary>Whether active checks have found it unfit; <see cref="SetFailingChecks"/> changes it. Any thread.</summary>
    public bool IsFailingChecks => _isFailingChecks;

    /// <summary>Whether it is checked, and no check has said anything yet. Any thread.</summary>
    public bool IsAwaitingChecks
    {
        get => _isAwaitingChecks;
        set => _isAwaitingChecks = value;
    }

    /// <summary>For how long it is spared after it came back, in milliseconds; 0: not at all. Its upstream sets it.</summary>
    public int SlowStartMs
    {
        get => _slowStartMs;
        set => _slowStartMs = value;
    }

    /// <summary>The last changes of its health.</summary>
    public HealthHistory History { get; } = new();

    /// <summary>Exchanges in flight, as of a moment ago. Any thread.</summary>
    public int ActiveCount => _pools.Sum(pool => pool.ActiveCount);

    /// <summary>Connections that wait for work, as of a moment ago. Any thread.</summary>
    public int IdleCount => _pools.Sum(pool => pool.IdleCount);

    /// <summary>
    /// Takes an operator's decision. A server that is made ready again begins slowly; one that is not ready keeps no connection without
    /// work, so that whoever drains it sees their number fall to nothing.
    /// </summary>
    /// <param name="state">The decision.</param>
    /// <param name="nowMs">The monotonic time of the loops.</param>
    public void SetAdminState(AdminState state, long nowMs)
    {
        bool returns = state == AdminState.Ready && _adminState != AdminState.Ready;
        _adminState = state;
        bool rests = state != AdminState.Ready;
        foreach (OriginPool pool in _pools)
        {
            pool.Loop.Post(() => pool.SetResting(rests));
        }

        OnChange(returns, nowMs);
    }

    /// <summary>Takes the verdict of active checks. A server that passes again begins slowly.</summary>
    /// <param name="isFailing">Whether it is unfit.</param>
    /// <param name="nowMs">The monotonic time of the loops.</param>
    public void SetFailingChecks(bool isFailing, long nowMs)
    {
        bool returns = _isFailingChecks && !isFailing;
        _isFailingChecks = isFailing;
        OnChange(returns, nowMs);
    }

    /// <summary>
    /// It can be used again, or is new among servers that run already: from now on it begins slowly. The end of an ejection needs no call.
    /// </summary>
    /// <param name="nowMs">The monotonic time of the loops.</param>
    public void OnReturned(long nowMs) => OnChange(returns: true, nowMs);

    /// <summary>Its weight now, in <see cref="WeightUnit"/>s: it grows in a straight line while the server is spared.</summary>
    public int EffectiveWeight(long nowMs)
    {
        int whole = _weight * WeightUnit;
        return _slowStartMs == 0 ? whole : Spared(whole, nowMs);
    }

    /// <summary>Gives it another share, on a reload; then its upstream gets its list of servers anew.</summary>
    public void SetShare(int weight, bool isBackup)
    {
        _weight = weight;
        _isBackup = isBackup;
    }

    /// <summary>The pool of a loop.</summary>
    public OriginPool PoolOf(int loop) => _pools[loop];

    /// <summary>What a loop has counted of it.</summary>
    public ServerTally TallyOf(int loop) => _tallies[loop];

    /// <summary>How often it was tried, as of a moment ago. Any thread.</summary>
    public long TryCount => _tallies.Sum(tally => tally.Requests);

    /// <summary>What all loops have counted of it.</summary>
    public IReadOnlyList<ServerTally> Tallies => _tallies;

    /// <summary>How it is now.</summary>
    public ServerHealth HealthAt(long nowMs) =>
        Connector is SocketConnector { IsUnresolved: true } ? ServerHealth.Unresolved
        : _isFailingChecks ? ServerHealth.Failing
        : Health.IsEjected(nowMs) ? ServerHealth.Ejected
        : _isAwaitingChecks ? ServerHealth.Unknown
        : ServerHealth.Healthy;

    /// <summary>Whether new clients' requests may be sent to it now.</summary>
    public bool IsUsable(long nowMs) => _adminState == AdminState.Ready && IsWell(nowMs);

    /// <summary>Whether requests of clients that are bound to it may be sent to it now.</summary>
    public bool IsUsableForBound(long nowMs) => _adminState != AdminState.Down && IsWell(nowMs);

    /// <summary>Whether nothing that is known of it speaks against it, whatever an operator has decided.</summary>
    public bool IsWell(long nowMs) =>
        !_isFailingChecks && !Health.IsEjected(nowMs) && Connector is not SocketConnector { IsUnresolved: true };

    private int Spared(int whole, long nowMs)
    {
        // Time 0 is none: nothing is spared at the start of the process, and what is used although it is set aside is used wholly.
        long sinceMs = Math.Max(Volatile.Read(ref _returnedMs), Health.EjectedUntilMs);
        long passedMs = nowMs - sinceMs;
        int slowStartMs = _slowStartMs;
        if (sinceMs == 0 || passedMs < 0 || passedMs >= slowStartMs)
        {
            return whole;
        }

        return Math.Max((int)(whole * Math.Max((double)passedMs / slowStartMs, FirstShare)), 1);
    }

    private void OnChange(bool returns, long nowMs)
    {
        if (returns)
        {
            Volatile.Write(ref _returnedMs, nowMs);
        }

        FitnessEpoch.Advance();
    }
}
