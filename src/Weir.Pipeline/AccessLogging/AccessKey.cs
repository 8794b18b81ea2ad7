namespace Weir.Pipeline.AccessLogging;

/// <summary>What the access log can say of an exchange. Names and texts stand in <see cref="AccessKeys"/>, in the same order.</summary>
public enum AccessKey : byte
{
    Time,
    Client,
    RequestId,
    Method,
    Scheme,
    Host,
    Path,
    Query,
    Protocol,
    Status,
    RequestBytes,
    ResponseBytes,
    DurationMs,
    PhaseHead,
    PhaseQueue,
    PhaseConnect,
    PhaseSend,
    PhaseWait,
    PhaseBody,
    Site,
    Route,
    Upstream,
    Server,
    Retries,
    Hedged,
    Reused,
    AnsweredBy,
    EndedBy,
    EndedPhase,
    Error,
    ErrorDetail,
    UserAgent,
    Referer,

    /// <summary>One past the last key.</summary>
    Count,
}
