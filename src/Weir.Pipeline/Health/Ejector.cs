using System.Globalization;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Net.Loops;
using Weir.Pipeline.Balancing;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Pipeline.Health;

/// <summary>Sets servers aside for what exchanges saw of them, and says so. Any loop.</summary>
internal sealed class Ejector
{
    // How many times as bad as one that is set aside another must be to take its place.
    private const double Worse = 2;

    private readonly CounterSet _counters;
    private readonly WeirLog _log;

    public Ejector(CounterSet counters, WeirLog log)
    {
        _counters = counters;
        _log = log;
    }

    /// <summary>How many of so many servers may be set aside at once: of two or more at least one, unless none may.</summary>
    public static int Cap(int servers, double share)
    {
        int whole = (int)((servers * share) + 1e-9);
        return whole == 0 && servers > 1 && share > 0 ? 1 : whole;
    }

    /// <summary>A try failed in a way that speaks against its server.</summary>
    public void OnFailure(UpstreamState upstream, ServerState server, LoopServices loop, ProxyError error)
    {
        PassiveHealthPolicy policy = upstream.Policy.Health;
        double share = server.Health.IsEjected(loop.NowMs) ? 0 : server.Health.OnFailure(loop.NowMs, server.TryCount, policy);
        if (share == 0)
        {
            return;
        }

        ServerState? freed;
        int aside;
        lock (upstream.EjectionLock)
        {
            // Two loops may see enough failures at once: one of them sets the server aside.
            if (server.Health.IsEjected(loop.NowMs) || !MakeRoom(upstream, share, loop.NowMs, policy, out freed))
            {
                return;
            }

            aside = server.Health.Eject(loop.NowMs, share, policy);
        }

        if (freed is not null)
        {
            Return(upstream, freed, loop.UnixMs, $"{server.Name} fails more, and max_ejected allows no more");
        }

        Tell(upstream, server, loop, error, share, aside);
    }

    // The cap is on how many are set aside: when more of them fail, the fault is probably not theirs. A server of which nearly every try
    // fails takes the place of one that fails at times, or the dead one would keep its share of the requests.
    private static bool MakeRoom(UpstreamState upstream, double share, long nowMs, PassiveHealthPolicy policy, out ServerState? freed)
    {
        freed = null;
        int ejected = 0;
        ServerState? best = null;
        foreach (ServerState other in upstream.Servers)
        {
            if (other.Health.IsEjected(nowMs))
            {
                ejected++;
                best = best is null || other.Health.EjectedFor < best.Health.EjectedFor ? other : best;
            }
        }

        int cap = Cap(upstream.Servers.Count, policy.MaxEjectedShare);
        if (ejected < cap)
        {
            return true;
        }

        if (ejected > cap || best is null || share < best.Health.EjectedFor * Worse || !best.Health.TryEndEarly(long.MaxValue, nowMs))
        {
            return false;
        }

        freed = best;
        return true;
    }

    private void Tell(UpstreamState upstream, ServerState server, LoopServices loop, ProxyError error, double share, int asideMs)
    {
        string reason = error.Name.Replace('_', ' ');
        int failures = upstream.Policy.Health.Failures;
        long tries = (long)Math.Round(failures / share);
        string seconds = (asideMs / 1000.0).ToString("0.#", CultureInfo.InvariantCulture);
        string text = $"set aside for {seconds} s: {failures} of its last {tries} tries failed; last: {reason}";
        server.History.Add(new HealthEvent(loop.UnixMs, ServerHealth.Ejected, text));
        _counters.OfLoop(loop.Index).Add(Counter.ServersEjected);
        _log.Write(OperatorEvents.ServerEjected, upstream.Name, server.Name, seconds, failures, tries, reason);
        Loop own = server.PoolOf(loop.Index).Loop;
        own.Arm(new EjectionEnd(this, upstream, server, own), asideMs + 1);
    }

    /// <summary>The time aside of a server that is still of the upstream has passed.</summary>
    internal void OnEnd(UpstreamState upstream, ServerState server, Loop loop)
    {
        if (upstream.Servers.Contains(server))
        {
            Return(upstream, server, loop.UnixMs, "its time aside is over");
        }
    }

    private void Return(UpstreamState upstream, ServerState server, long unixMs, string reason)
    {
        server.History.Add(new HealthEvent(unixMs, ServerHealth.Healthy, reason));
        _log.Write(OperatorEvents.ServerUp, upstream.Name, server.Name, reason);
    }
}
