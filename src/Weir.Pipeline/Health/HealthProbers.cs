using Weir.Http.Http1;
using Weir.Net.Loops;
using Weir.Net.Tls;
using Weir.Pipeline.Balancing;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;
using Weir.Upstream.Connecting;
using Weir.Upstream.Pooling;

namespace Weir.Pipeline.Health;

/// <summary>
/// The probers of the process: one for each server of an upstream whose policy has checks. Whoever changes an upstream's servers or policy
/// calls <see cref="Follow"/> afterwards, whoever removes it <see cref="Forget"/>. Any thread; one lock.
/// </summary>
public sealed class HealthProbers : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<UpstreamState, Dictionary<ServerState, HealthProber>> _followed = [];
    private readonly IReadOnlyList<Loop> _loops;
    private readonly CounterSet _counters;
    private readonly CounterSet _ownConnections;
    private readonly WeirLog _log;
    private bool _isDisposed;

    /// <summary>No probers yet.</summary>
    public HealthProbers(IReadOnlyList<Loop> loops, CounterSet counters, WeirLog log)
    {
        _loops = loops;
        _counters = counters;
        _log = log;

        // A dead server that is asked every second is no news: connections of checks are not counted among those for clients.
        _ownConnections = new CounterSet(counters.LoopCount, counters.Labels);
    }

    /// <summary>
    /// Makes the probers of an upstream those that its servers and policy ask for now: a server that is new is asked, one that is gone no
    /// longer. A server whose checks are unchanged keeps its prober and its counts; changed checks replace the prober, the health stays.
    /// Without checks nothing fails them.
    /// </summary>
    public void Follow(UpstreamState upstream)
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            ActiveHealthPolicy? policy = upstream.Policy.Checks;
            Dictionary<ServerState, HealthProber> before = _followed.GetValueOrDefault(upstream) ?? [];
            Dictionary<ServerState, HealthProber> next = [];
            foreach (ServerState server in policy is null ? [] : upstream.Servers.Distinct())
            {
                before.Remove(server, out HealthProber? known);
                next[server] = policy!.Equals(known?.Policy) ? known! : Replace(known, upstream, server, policy);
            }

            foreach (HealthProber prober in before.Values)
            {
                // A server that left its upstream keeps what is known of it: it may come back.
                prober.Stop(forgives: policy is null);
            }

            Keep(upstream, next);
        }
    }

    /// <summary>Stops the probers of an upstream that is gone.</summary>
    public void Forget(UpstreamState upstream)
    {
        lock (_lock)
        {
            if (_followed.Remove(upstream, out Dictionary<ServerState, HealthProber>? probers))
            {
                StopAll(probers);
            }
        }
    }

    /// <summary>Stops all.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            foreach (Dictionary<ServerState, HealthProber> probers in _followed.Values)
            {
                StopAll(probers);
            }

            _followed.Clear();
        }
    }

    private static void StopAll(Dictionary<ServerState, HealthProber> probers)
    {
        foreach (HealthProber prober in probers.Values)
        {
            prober.Stop();
        }
    }

    private void Keep(UpstreamState upstream, Dictionary<ServerState, HealthProber> probers)
    {
        if (probers.Count == 0)
        {
            _followed.Remove(upstream);
            return;
        }

        _followed[upstream] = probers;
    }

    private HealthProber Replace(HealthProber? known, UpstreamState upstream, ServerState server, ActiveHealthPolicy policy)
    {
        known?.Stop();
        if (known is null && !server.IsFailingChecks)
        {
            server.IsAwaitingChecks = true;
        }

        // The same loop for the same server, whatever asks it: what stops a prober is handled before what starts the next one.
        int index = (int)((uint)HashCode.Combine(upstream.Name, server.Name) % (uint)_loops.Count);
        Loop loop = _loops[index];
        HealthProber prober = new(upstream, server, policy, CheckOf(server, policy, loop), loop, _counters.OfLoop(loop.Index), _log);
        prober.Start();
        return prober;
    }

    private HealthCheck CheckOf(ServerState server, ActiveHealthPolicy policy, Loop loop)
    {
        IConnector connector = policy.Port is { } port ? server.Connector.AtPort(port) : server.Connector;
        if (policy.IsTcp)
        {
            return new TcpCheck(loop, connector, policy);
        }

        OriginLimits limits = new() { ConnectTimeoutMs = policy.TimeoutMs, IdleConnections = 0, Head = new HeadLimits(32 * 1024, 256, 0) };
        AlpnProtocols protocols = policy.IsGrpc ? AlpnProtocols.Http2 : server.Protocols;
        OriginPool pool = new(loop, connector.Offering(protocols), limits, _ownConnections.OfLoop(loop.Index), protocols);
        string authority = policy.Host ?? server.Authority;
        return policy.IsGrpc ? new GrpcCheck(pool, authority, policy) : new HttpCheck(pool, authority, policy);
    }
}
