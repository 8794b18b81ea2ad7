using Weir.Abstractions.Exchanges;
using Weir.Config.Model;
using Weir.Net.Time;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Health;
using Weir.Shedding;

namespace Weir.Control;

/// <summary>Says how upstreams are, from what the loops keep of them.</summary>
internal static class StatusReader
{
    private const int NsPerMs = 1_000_000;

    public static UpstreamStatus Read(UpstreamState upstream, WeirConfig config)
    {
        long nowMs = LoopClock.System.MonotonicNs / NsPerMs;
        IReadOnlyList<ServerState> servers = upstream.Servers;
        UpstreamConfig? written = config.Upstreams.GetValueOrDefault(upstream.Name);
        return new UpstreamStatus
        {
            Name = upstream.Name,
            Balance = upstream.BalancerName,
            Panicking = upstream.ReviewPanic(nowMs),
            Usable = servers.Count(server => server.IsUsable(nowMs)),
            InFlight = servers.Sum(server => server.ActiveCount),
            Queued = upstream.Queue.WaitingCount,
            Servers = [.. servers.Select(server => Read(server, written, nowMs))],
        };
    }

    public static LoadStatus? Read(OverloadWatch? watch)
    {
        if (watch is null)
        {
            return null;
        }

        OverloadState state = watch.State;
        bool isNormal = state.Level == LoadLevel.Normal;
        return new LoadStatus
        {
            Level = state.Level switch
            {
                LoadLevel.HeavyClients => "heavy-clients",
                LoadLevel.LowPriority => "low-priority",
                _ => "normal",
            },
            Cause = isNormal ? null : state.Cause.ToString().ToLowerInvariant(),
            Since = isNormal ? null : state.Since,
            MemoryPercent = Math.Round(state.Sample.MemoryShare * 100, 1),
            LagMs = state.Sample.LagMs,
            QueueMs = state.Sample.QueueMs,
            RefusedConnections = watch.RefusedConnections,
            RefusedRequests = watch.RefusedRequests,
        };
    }

    private static ServerStatus Read(ServerState server, UpstreamConfig? upstream, long nowMs)
    {
        long latencyNs = server.Tallies.Max(tally => tally.LatencyNs);
        long ejectedMs = server.Health.EjectedUntilMs - nowMs;
        long lastBoundMs = server.Tallies.Max(tally => tally.LastBoundUnixMs);
        int inFlight = server.ActiveCount;
        int idle = server.IdleCount;
        return new ServerStatus
        {
            Name = server.Name,
            Url = UrlOf(server.Name, upstream),
            State = AdminStates.Name(server.AdminState),
            Health = AdminStates.Name(server.HealthAt(nowMs)),
            Backup = server.IsBackup,
            Weight = server.Weight,
            EffectiveWeight = Math.Round((double)server.EffectiveWeight(nowMs) / ServerState.WeightUnit, 2),
            InFlight = inFlight,
            Connections = inFlight + idle,
            IdleConnections = idle,
            Requests = server.Tallies.Sum(tally => tally.Requests),
            Failures = server.Tallies.Sum(tally => tally.Failures),
            LatencyMs = latencyNs > 0 ? Math.Round((double)latencyNs / NsPerMs, 3) : null,
            Ejections = server.Health.Ejections,
            EjectedSeconds = ejectedMs > 0 && server.Health.EjectedUntilMs > 0 ? ejectedMs / 1000.0 : null,
            StickyRequests = server.Tallies.Sum(tally => tally.BoundRequests),
            LastStickyAt = lastBoundMs > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(lastBoundMs) : null,
            History = [.. server.History.ToList().Select(Read)],
        };
    }

    private static HealthChange Read(HealthEvent change) =>
        new(DateTimeOffset.FromUnixTimeMilliseconds(change.UnixMs), AdminStates.Name(change.Health), change.Reason);

    // One that a name resolved to is no entry of its own.
    private static string UrlOf(string name, UpstreamConfig? upstream) =>
        upstream?.Servers.FirstOrDefault(server => (server.Name ?? server.Url?.Authority) == name)?.Url?.ToString() ?? "http://" + name;
}
