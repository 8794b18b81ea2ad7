using Weir.Control;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Health;
using static Weir.Telemetry.Counting.CounterKind;

namespace Weir.Admin.Metrics;

/// <summary>The one table of what /metrics says of upstreams and servers; the reference page is made from it.</summary>
public static class LiveMetrics
{
    private const double NsPerSecond = 1e9;

    /// <summary>Of each upstream.</summary>
    public static IReadOnlyList<UpstreamMetric> OfUpstreams { get; } =
    [
        new("weir_upstream_servers", Gauge, "Servers that the upstream has.", (upstream, _) => upstream.Servers.Count),
        new("weir_upstream_usable_servers", Gauge, "Servers that new clients' requests may go to.", (upstream, nowMs) => CountUsable(upstream, nowMs)),
        new("weir_upstream_panicking", Gauge, "1 while so few servers are healthy that all are used.",
            (upstream, nowMs) => upstream.ReviewPanic(nowMs) ? 1 : 0),
        new("weir_upstream_queued", Gauge, "Requests that wait for a place at a server.", (upstream, _) => upstream.Queue.WaitingCount),
    ];

    /// <summary>Of each server.</summary>
    public static IReadOnlyList<ServerMetric> OfServers { get; } =
    [
        new("weir_server_in_flight", Gauge, "Requests in flight at the server, tunnels included.", (server, _) => server.ActiveCount),
        new("weir_server_connections_idle", Gauge, "Connections to the server that wait for work.", (server, _) => server.IdleCount),
        new("weir_server_requests_total", Counter, "Requests that were sent to the server.", (server, _) => Sum(server, tally => tally.Requests)),
        new("weir_server_failures_total", Counter, "Requests that failed by the server's fault.", (server, _) => Sum(server, tally => tally.Failures)),
        new("weir_server_sticky_requests_total", Counter, "Answers to clients whose cookie bound them to the server.",
            (server, _) => Sum(server, tally => tally.BoundRequests)),
        new("weir_server_ejections_total", Counter, "Times that the server was set aside for failures.", (server, _) => server.Health.Ejections),
        new("weir_server_latency_seconds", Gauge, "The moving peak of the time until the server's answers begin; 0 while unknown.",
            (server, _) => Latency(server)),
        new("weir_server_weight", Gauge, "The server's configured share.", (server, _) => server.Weight),
        new("weir_server_effective_weight", Gauge, "The server's share now: less while it is spared after it came back.",
            (server, nowMs) => (double)server.EffectiveWeight(nowMs) / ServerState.WeightUnit),
    ];

    /// <summary>The states of each server.</summary>
    public static IReadOnlyList<StateMetric> States { get; } =
    [
        new("weir_server_state", "state", "What an operator has decided about the server.", [.. Enum.GetValues<AdminState>().Select(AdminStates.Name)],
            (server, _) => (int)server.AdminState),
        new("weir_server_health", "health", "How the server is.", [.. Enum.GetValues<ServerHealth>().Select(AdminStates.Name)],
            (server, nowMs) => (int)server.HealthAt(nowMs)),
    ];

    private static int CountUsable(UpstreamState upstream, long nowMs)
    {
        int usable = 0;
        IReadOnlyList<ServerState> servers = upstream.Servers;
        for (int i = 0; i < servers.Count; i++)
        {
            usable += servers[i].IsUsable(nowMs) ? 1 : 0;
        }

        return usable;
    }

    private static double Sum(ServerState server, Func<ServerTally, long> read)
    {
        long sum = 0;
        IReadOnlyList<ServerTally> tallies = server.Tallies;
        for (int i = 0; i < tallies.Count; i++)
        {
            sum += read(tallies[i]);
        }

        return sum;
    }

    private static double Latency(ServerState server)
    {
        long latencyNs = 0;
        IReadOnlyList<ServerTally> tallies = server.Tallies;
        for (int i = 0; i < tallies.Count; i++)
        {
            latencyNs = Math.Max(latencyNs, tallies[i].LatencyNs);
        }

        return latencyNs / NsPerSecond;
    }
}
