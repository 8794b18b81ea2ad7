namespace Weir.Telemetry.Counting;

/// <summary>The one table of families; their label values come from the parts that own them, see <see cref="CounterSet"/>.</summary>
public static class CounterFamilies
{
    private static readonly CounterFamilyDefinition[] _all =
    [
        new(CounterFamily.ProxyErrors, "weir_errors_total", "error", "Exchanges that ended in an error, by its name."),
        new(CounterFamily.RejectedHeads, "weir_rejected_requests_total", "reason", "Requests that were refused as malformed, by reason."),
        new(CounterFamily.RejectedOriginHeads, "weir_rejected_responses_total", "reason",
            "Origin responses that were refused as malformed, by reason."),
        new(CounterFamily.TlsClientFailures, "weir_tls_client_failures_total", "reason", "TLS handshakes with clients that failed, by reason."),
        new(CounterFamily.TlsOriginFailures, "weir_tls_origin_failures_total", "reason",
            "TLS handshakes with origin servers that failed, by reason."),
    ];

    /// <summary>Every family, in the order of <see cref="CounterFamily"/>.</summary>
    public static IReadOnlyList<CounterFamilyDefinition> All => _all;

    /// <summary>The row of a family.</summary>
    public static CounterFamilyDefinition Of(CounterFamily family) => _all[(int)family];
}
