namespace Weir.Telemetry.Counting;

/// <summary>What Weir counts. Names, labels, units and help texts stand in <see cref="Counters"/>, in the same order.</summary>
public enum Counter
{
    ConnectionsAccepted,
    ConnectionsClosed,
    ConnectionsRefusedLimit,
    ConnectionsRefusedClientLimit,
    ConnectionsRefusedMemory,
    ConnectionsRefusedModule,
    ConnectionsRefusedProxyHeader,
    ConnectionsFailed,
    AcceptPauses,
    AcceptErrors,

    ExchangesStarted,
    ExchangesCompleted,
    Status1xx,
    Status2xx,
    Status3xx,
    Status4xx,
    Status5xx,
    StatusNone,
    EndedByClient,
    EndedByOrigin,
    EndedByWeir,

    ClientOctetsIn,
    ClientOctetsOut,
    OriginOctetsIn,
    OriginOctetsOut,

    OriginConnectionsOpened,
    OriginConnectionsReused,
    OriginConnectionsFailed,
    OriginConnectionsClosedIdle,
    OriginConnectionsClosed,
    OriginConnectionsIdle,
    Retries,
    RetriesOverBudget,
    Hedges,
    HedgesWon,
    QueueWaits,
    Panics,

    TimeoutClientHead,
    TimeoutClientBody,
    TimeoutClientIdle,
    TimeoutClientWrite,
    TimeoutQueue,
    TimeoutConnect,
    TimeoutFirstByte,
    TimeoutOriginIdle,
    TimeoutOriginWrite,
    TimeoutDeadline,

    TunnelsOpened,
    TunnelsClosed,
    TunnelOctetsIn,
    TunnelOctetsOut,

    DnsQueries,
    DnsFailures,

    LoopTurns,
    SlowTurns10Ms,
    SlowTurns100Ms,
    MailboxPosts,
    LoopExceptions,
    WorkerPoolRefusals,
    InvariantsBroken,

    AccessLogLines,
    AccessLogLinesDropped,
    AccessLogWriteErrors,
    EventsDropped,
    EventsSuppressed,

    BuffersInUse,
    BufferSlabs,
    BufferOctets,
    BufferRefusals,

    Reloads,
    ReloadsFailed,

    Gen0Collections,
    Gen1Collections,
    Gen2Collections,
    CollectionPauses,
    HeapOctets,
    AllocatedOctets,

    /// <summary>One past the last counter.</summary>
    Count,
}
