namespace Weir.Telemetry.Counting;

/// <summary>A metric with one counter for each entry of a table that another part owns.</summary>
public enum CounterFamily
{
    /// <summary>Exchanges that ended in an error, by its name; indexed as the table of proxy errors.</summary>
    ProxyErrors,

    /// <summary>Requests whose head the codec refused, by reason; indexed as the codec's reject reasons.</summary>
    RejectedHeads,

    /// <summary>Origin responses whose head the codec refused, by reason; indexed as the codec's reject reasons.</summary>
    RejectedOriginHeads,

    /// <summary>TLS handshakes with clients that failed, by reason; indexed as TlsFailure.</summary>
    TlsClientFailures,

    /// <summary>TLS handshakes with origin servers that failed, by reason; indexed as TlsFailure.</summary>
    TlsOriginFailures,

    /// <summary>One past the last family.</summary>
    Count,
}
