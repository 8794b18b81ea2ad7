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

    /// <summary>A server with a pool for each loop.</summary>
    public ServerState(string name, int weight, bool isBackup, IConnector connector, OriginPool[] pools)
    {
        Name = name;
        Weight = weight;
        IsBackup = isBackup;
        Connector = connector;
        _pools = pools;
    }

    /// <summary>The name in logs and commands: HOST:PORT unless configured.</summary>
    public string Name { get; }

    /// <summary>Its share relative to the others.</summary>
    public int Weight { get; }

    /// <summary>Whether it is used only when no other server may be.</summary>
    public bool IsBackup { get; }

    /// <summary>What makes its connections.</summary>
    public IConnector Connector { get; }

    /// <summary>What exchanges have learnt of it.</summary>
    public PassiveHealth Health { get; } = new();

    /// <summary>The pool of a loop.</summary>
    public OriginPool PoolOf(int loop) => _pools[loop];

    /// <summary>Whether requests may be sent to it now.</summary>
    public bool IsUsable(long nowMs) => !Health.IsEjected(nowMs) && Connector is not SocketConnector { IsUnresolved: true };
}
