using static Weir.Telemetry.Counting.Counter;
using static Weir.Telemetry.Counting.CounterUnit;

namespace Weir.Telemetry.Counting;

/// <summary>The one table of counters: the metrics page, the Prometheus text and the dashboard's labels are made from it.</summary>
public static class Counters
{
    private const string Refused = "weir_connections_refused_total";
    private const string RefusedHelp = "Client connections that were refused, by reason.";
    private const string Handshakes = "weir_tls_handshakes_total";
    private const string HandshakesHelp = "TLS handshakes with clients that succeeded, by kind.";
    private const string OriginHandshakes = "weir_origin_tls_handshakes_total";
    private const string OriginHandshakesHelp = "TLS handshakes with origin servers that succeeded, by kind.";
    private const string Statuses = "weir_responses_total";
    private const string StatusesHelp = "Responses given to clients, by class of their status; none: the exchange ended before a status.";
    private const string Ended = "weir_exchanges_cut_total";
    private const string EndedHelp = "Exchanges that did not complete, by who ended them.";
    private const string Timeouts = "weir_timeouts_total";
    private const string TimeoutsHelp = "Waits that reached their deadline, by what was waited for.";
    private const string Checks = "weir_health_checks_total";
    private const string ChecksHelp = "Checks that asked a server whether it is well, by what they found.";
    private const string Abuses = "weir_http2_abuses_total";
    private const string AbusesHelp = "HTTP/2 connections that were ended because the client made too much work, by its kind.";
    private const string Slow = "weir_loop_slow_turns_total";
    private const string SlowHelp = "Turns of a loop that took longer than the bound; every exchange of that loop waited meanwhile.";
    private const string Overloads = "weir_overloads_total";
    private const string OverloadsHelp = "Times that there was too much to do, so that something was turned away, by the threshold.";
    private const string Collections = "weir_gc_collections_total";
    private const string CollectionsHelp = "Garbage collections, by generation.";

    private static readonly CounterDefinition[] _all = InOrder(
    [
        Row(ConnectionsAccepted, "weir_connections_accepted_total", "Client connections that were accepted."),
        Row(ConnectionsClosed, "weir_connections_closed_total", "Client connections that ended."),
        Row(ConnectionsRefusedLimit, Refused, "reason", "limit", RefusedHelp),
        Row(ConnectionsRefusedClientLimit, Refused, "reason", "client_limit", RefusedHelp),
        Row(ConnectionsRefusedMemory, Refused, "reason", "memory", RefusedHelp),
        Row(ConnectionsRefusedModule, Refused, "reason", "module", RefusedHelp),
        Row(ConnectionsRefusedBan, Refused, "reason", "ban", RefusedHelp),
        Row(ConnectionsRefusedProxyHeader, Refused, "reason", "proxy_header", RefusedHelp),
        Row(ConnectionsRefusedHandshakes, Refused, "reason", "handshakes", RefusedHelp),
        Row(ConnectionsRefusedOverload, Refused, "reason", "overload", RefusedHelp),
        Row(ConnectionsFailed, "weir_connections_failed_total", "Client connections that ended by a reset or a socket error."),
        Row(AcceptPauses, "weir_accept_pauses_total",
            "Times that accepting paused because no descriptor or memory was left (EMFILE, ENFILE, ENOMEM)."),
        Row(AcceptErrors, "weir_accept_errors_total",
            "Connections that were gone before they could be accepted, and other failures of accept."),
        Row(TlsHandshakesFull, Handshakes, "kind", "full", HandshakesHelp),
        Row(TlsHandshakesResumed, Handshakes, "kind", "resumed", HandshakesHelp),
        Row(TlsPlainHttp, "weir_tls_plain_requests_total", "Requests in plain HTTP that came to a TLS port and got 400."),
        Row(TlsMisdirected, "weir_tls_misdirected_total",
            "Requests that got 421: their host has another certificate or another policy for client certificates than their connection."),

        Row(ExchangesStarted, "weir_exchanges_started_total", "Requests whose head was complete."),
        Row(ExchangesCompleted, "weir_exchanges_completed_total", "Requests that ended, well or badly."),
        Row(Status1xx, Statuses, "class", "1xx", StatusesHelp),
        Row(Status2xx, Statuses, "class", "2xx", StatusesHelp),
        Row(Status3xx, Statuses, "class", "3xx", StatusesHelp),
        Row(Status4xx, Statuses, "class", "4xx", StatusesHelp),
        Row(Status5xx, Statuses, "class", "5xx", StatusesHelp),
        Row(StatusNone, Statuses, "class", "none", StatusesHelp),
        Row(EndedByClient, Ended, "by", "client", EndedHelp),
        Row(EndedByOrigin, Ended, "by", "origin", EndedHelp),
        Row(EndedByWeir, Ended, "by", "weir", EndedHelp),

        Row(ClientOctetsIn, "weir_client_received_bytes_total", "Bytes received from clients.", Octets),
        Row(ClientOctetsOut, "weir_client_sent_bytes_total", "Bytes sent to clients.", Octets),
        Row(OriginOctetsIn, "weir_origin_received_bytes_total", "Bytes received from origin servers.", Octets),
        Row(OriginOctetsOut, "weir_origin_sent_bytes_total", "Bytes sent to origin servers.", Octets),

        Row(OriginTlsFull, OriginHandshakes, "kind", "full", OriginHandshakesHelp),
        Row(OriginTlsResumed, OriginHandshakes, "kind", "resumed", OriginHandshakesHelp),
        Row(OriginConnectionsOpened, "weir_origin_connections_opened_total", "Connections to origin servers that were made."),
        Row(OriginConnectionsReused, "weir_origin_connections_reused_total",
            "Requests that went over a connection which had served before."),
        Row(OriginConnectionsFailed, "weir_origin_connections_failed_total", "Connections to origin servers that could not be made."),
        Row(OriginConnectionsClosedIdle, "weir_origin_connections_closed_idle_total",
            "Pooled connections that ended while nobody used them."),
        Row(OriginConnectionsClosed, "weir_origin_connections_closed_total",
            "Connections to origin servers that ended, idle ones included."),
        Gauge(OriginConnectionsIdle, "weir_origin_connections_idle", "Connections that wait in the pools."),
        Row(OriginHttp2Streams, "weir_origin_http2_streams_total", "Requests that were sent to origin servers over HTTP/2."),
        Row(OriginHttp2Refused, "weir_origin_http2_refused_total",
            "Of those, the ones that servers refused unprocessed, by REFUSED_STREAM or GOAWAY; most are sent again."),
        Row(OriginHttp2Resets, "weir_origin_http2_resets_total", "Of those, the ones that servers reset for other reasons."),
        Row(OriginHttp2Goaways, "weir_origin_http2_goaways_total", "HTTP/2 connections that origin servers asked to end."),
        Row(OriginHttp2PingsLost, "weir_origin_http2_pings_lost_total",
            "HTTP/2 connections to origin servers that were given up because nobody answered a PING."),
        Row(OriginHttp2Floods, "weir_origin_http2_floods_total",
            "HTTP/2 connections to origin servers that were ended because of frames that only made work."),
        Row(Retries, "weir_retries_total", "Requests that were sent again."),
        Row(RetriesOverBudget, "weir_retries_over_budget_total", "Retries that the retry budget forbade."),
        Row(Hedges, "weir_hedges_total", "Requests that were sent to a second server because the first one was slow."),
        Row(HedgesWon, "weir_hedges_won_total", "Hedges whose second server answered first."),
        Row(HealthChecksPassed, Checks, "result", "passed", ChecksHelp),
        Row(HealthChecksFailed, Checks, "result", "failed", ChecksHelp),
        Row(ServersEjected, "weir_servers_ejected_total", "Times that a server was set aside for failed requests."),
        Row(QueueWaits, "weir_queue_waits_total", "Requests that waited for a free place at a server."),
        Row(Panics, "weir_panics_total",
            "Times that an upstream had fewer well servers than health.panic asks for, so that all were used."),

        Row(TimeoutClientHead, Timeouts, "kind", "client_head", TimeoutsHelp),
        Row(TimeoutClientBody, Timeouts, "kind", "client_body", TimeoutsHelp),
        Row(TimeoutClientIdle, Timeouts, "kind", "client_idle", TimeoutsHelp),
        Row(TimeoutClientWrite, Timeouts, "kind", "client_write", TimeoutsHelp),
        Row(TimeoutQueue, Timeouts, "kind", "queue", TimeoutsHelp),
        Row(TimeoutConnect, Timeouts, "kind", "connect", TimeoutsHelp),
        Row(TimeoutFirstByte, Timeouts, "kind", "first_byte", TimeoutsHelp),
        Row(TimeoutOriginIdle, Timeouts, "kind", "origin_idle", TimeoutsHelp),
        Row(TimeoutOriginWrite, Timeouts, "kind", "origin_write", TimeoutsHelp),
        Row(TimeoutDeadline, Timeouts, "kind", "deadline", TimeoutsHelp),

        Row(Http2AbuseRapidReset, Abuses, "kind", "rapid_reset", AbusesHelp),
        Row(Http2AbuseProvokedReset, Abuses, "kind", "provoked_reset", AbusesHelp),
        Row(Http2AbuseStreams, Abuses, "kind", "streams", AbusesHelp),
        Row(Http2AbuseContinuation, Abuses, "kind", "continuation", AbusesHelp),
        Row(Http2AbuseHpackBomb, Abuses, "kind", "hpack_bomb", AbusesHelp),
        Row(Http2AbuseSettings, Abuses, "kind", "settings", AbusesHelp),
        Row(Http2AbusePing, Abuses, "kind", "ping", AbusesHelp),
        Row(Http2AbuseWindowUpdate, Abuses, "kind", "window_update", AbusesHelp),
        Row(Http2AbusePriority, Abuses, "kind", "priority", AbusesHelp),
        Row(Http2AbuseEmptyData, Abuses, "kind", "empty_data", AbusesHelp),
        Row(Http2AbuseTinyWindow, Abuses, "kind", "tiny_window", AbusesHelp),

        Row(TunnelsOpened, "weir_tunnels_opened_total", "Tunnels (WebSocket and other upgrades) that were established."),
        Row(TunnelsClosed, "weir_tunnels_closed_total", "Tunnels that ended."),
        Row(TunnelOctetsIn, "weir_tunnel_received_bytes_total", "Bytes that tunnels carried from clients to origins.", Octets),
        Row(TunnelOctetsOut, "weir_tunnel_sent_bytes_total", "Bytes that tunnels carried from origins to clients.", Octets),

        Row(DnsQueries, "weir_dns_queries_total", "Queries that were sent to name servers."),
        Row(DnsFailures, "weir_dns_failures_total", "Look-ups that brought no address; the last good addresses stay in use."),

        Row(LoopTurns, "weir_loop_turns_total", "Turns of the loops: one for each batch of events."),
        Row(SlowTurns10Ms, Slow, "over", "10ms", SlowHelp),
        Row(SlowTurns100Ms, Slow, "over", "100ms", SlowHelp),
        Row(MailboxPosts, "weir_mailbox_posts_total", "Messages that other threads posted to loops."),
        Row(LoopExceptions, "weir_loop_exceptions_total", "Exceptions that reached a loop; each closed one connection."),
        Row(InvariantsBroken, "weir_invariants_broken_total", "Defects that Weir noticed in itself; each closed one connection."),
        Row(OverloadsMemory, Overloads, "cause", "memory", OverloadsHelp),
        Row(OverloadsLag, Overloads, "cause", "lag", OverloadsHelp),
        Row(OverloadsQueue, Overloads, "cause", "queue", OverloadsHelp),
        Gauge(OverloadLevel, "weir_overload_level",
            "What is turned away: 0 nothing, 1 new connections of the heaviest ranges of addresses, 2 requests of low priority as well."),

        Row(AccessLogLines, "weir_access_log_lines_total", "Lines given to the access log."),
        Row(AccessLogLinesDropped, "weir_access_log_lines_dropped_total",
            "Access log lines lost because the log could not be written fast enough, or at all."),
        Row(AccessLogWriteErrors, "weir_access_log_write_errors_total", "Writes to the access log that failed; each is tried again."),
        Row(EventsDropped, "weir_events_dropped_total", "Operator events lost because their queue was full."),
        Row(EventsSuppressed, "weir_events_suppressed_total", "Operator events held back by the rate limit of their kind."),

        Gauge(BuffersInUse, "weir_buffers_in_use", "Buffers that connections hold."),
        Gauge(BufferSlabs, "weir_buffer_slabs", "Blocks of memory that buffers are cut from."),
        Gauge(BufferOctets, "weir_buffer_bytes", "Memory for buffers, counted against limits.memory.", Octets),
        Row(BufferRefusals, "weir_buffer_refusals_total", "Buffers that limits.memory refused."),

        Row(Reloads, "weir_reloads_total", "Configurations that were put in place of another."),
        Row(ReloadsFailed, "weir_reloads_failed_total", "Configurations that were refused at a reload; the old one stayed."),

        Row(Gen0Collections, Collections, "generation", "0", CollectionsHelp),
        Row(Gen1Collections, Collections, "generation", "1", CollectionsHelp),
        Row(Gen2Collections, Collections, "generation", "2", CollectionsHelp),
        Row(CollectionPauses, "weir_gc_pause_seconds_total", "Time that all loops stood still for garbage collections.", Nanoseconds),
        Gauge(HeapOctets, "weir_gc_heap_bytes", "Memory of the garbage-collected heap.", Octets),
        Row(AllocatedOctets, "weir_gc_allocated_bytes_total", "Bytes allocated on the garbage-collected heap.", Octets),
    ]);

    /// <summary>Every counter, in the order of <see cref="Counter"/>.</summary>
    public static IReadOnlyList<CounterDefinition> All => _all;

    /// <summary>The row of a counter.</summary>
    public static CounterDefinition Of(Counter counter) => _all[(int)counter];

    private static CounterDefinition Row(Counter counter, string name, string help, CounterUnit unit = CounterUnit.Count) =>
        new(counter, name, "", "", CounterKind.Counter, unit, help);

    private static CounterDefinition Row(Counter counter, string name, string label, string value, string help) =>
        new(counter, name, label, value, CounterKind.Counter, CounterUnit.Count, help);

    private static CounterDefinition Gauge(Counter counter, string name, string help, CounterUnit unit = CounterUnit.Count) =>
        new(counter, name, "", "", CounterKind.Gauge, unit, help);

    private static CounterDefinition[] InOrder(CounterDefinition[] rows)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            if ((int)rows[i].Counter != i)
            {
                throw new InvalidOperationException($"Row {i} is {rows[i].Counter}: the table follows the order of the enum.");
            }
        }

        return rows.Length == (int)Counter.Count ? rows : throw new InvalidOperationException("A counter has no row in the table.");
    }
}
