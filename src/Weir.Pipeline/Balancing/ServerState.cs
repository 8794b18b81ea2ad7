using Weir.Pipeline.Health;
using Weir.Upstream.Connecting;
using Weir.Upstream.Pooling;

namespace Weir.Pipeline.Balancing;

/// <summary>
/// A server of an upstream as it lives: its pools, one a loop, and its health. Shared by all loops; each loop uses its own pool, health is
/// atomic. Carried over by a reload as the same object.
/// </summary>
public sealed class ServerState
{
    private readonly OriginPool[] _pools;
    private readonly ServerTally[] _tallies;
    private volatile AdminState _adminState;
    private volatile bool _isFailingChecks;
    private volatile int _weight;
    private volatile bool _isBackup;

    /// <summary>A server with a pool for each loop.</summary>
    public ServerState(string name, int weight, bool isBackup, IConnector connector, OriginPool[] pools)
    {
        Name = name;
        _weight = weight;
        _isBackup = isBackup;
        Connector = connector;
        _pools = pools;
        _tallies = [.. pools.Select(_ => new ServerTally())];
    }

    /// <summary>The name in logs and commands: HOST:PORT unless configured.</summary>
    public string Name { get; }

    /// <summary>Its share relative to the others.</summary>
    public int Weight => _weight;

    /// <summary>Whether it is used only when no other server may be.</summary>
    public bool IsBackup => _isBackup;

    /// <summary>What makes its connections.</summary>
    public IConnector Connector { get; }

    /// <summary>What exchanges have learnt of it.</summary>
    public PassiveHealth Health { get; } = new();

    /// <summary>What an operator has decided about it. Any thread.</summary>
    public AdminState AdminState
    {
        get => _adminState;
        set => _adminState = value;
    }

    /// <summary>Whether active checks have found it unfit. Set by its prober, read by all loops.</summary>
    public bool IsFailingChecks
    {
        get => _isFailingChecks;
        set => _isFailingChecks = value;
    }

    /// <summary>The last changes of its health.</summary>
    public HealthHistory History { get; } = new();

    /// <summary>Exchanges in flight, as of a moment ago. Any thread.</summary>
    public int ActiveCount => _pools.Sum(pool => pool.ActiveCount);

    /// <summary>Connections that wait for work, as of a moment ago. Any thread.</summary>
    public int IdleCount => _pools.Sum(pool => pool.IdleCount);

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

    /// <summary>What all loops have counted of it.</summary>
    public IReadOnlyList<ServerTally> Tallies => _tallies;

    /// <summary>How it is now.</summary>
    public ServerHealth HealthAt(long nowMs) =>
        Connector is SocketConnector { IsUnresolved: true } ? ServerHealth.Unresolved
        : _isFailingChecks ? ServerHealth.Failing
        : Health.IsEjected(nowMs) ? ServerHealth.Ejected
        : ServerHealth.Healthy;

    /// <summary>Whether new clients' requests may be sent to it now.</summary>
    public bool IsUsable(long nowMs) => _adminState == AdminState.Ready && IsWell(nowMs);

    /// <summary>Whether requests of clients that are bound to it may be sent to it now.</summary>
    public bool IsUsableForBound(long nowMs) => _adminState != AdminState.Down && IsWell(nowMs);

    private bool IsWell(long nowMs) =>
        !_isFailingChecks && !Health.IsEjected(nowMs) && Connector is not SocketConnector { IsUnresolved: true };
}
