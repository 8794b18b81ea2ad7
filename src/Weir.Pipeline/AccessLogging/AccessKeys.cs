namespace Weir.Pipeline.AccessLogging;

/// <summary>
/// The one table of what a line can hold: the reference page, the JSON keys and the names in templates. A key without a value is left
/// out of a JSON line, and is "-" in the other formats.
/// </summary>
public static class AccessKeys
{
    private static readonly AccessKeyDefinition[] _all =
    [
        new(AccessKey.Time, "time", "When the exchange ended: RFC 3339, UTC, with milliseconds."),
        new(AccessKey.Client, "client", "The client's address, as trusted_proxies tell it; unix for a unix socket."),
        new(AccessKey.RequestId, "request_id", "The request id that the origin and the client saw."),
        new(AccessKey.Method, "method", "The method."),
        new(AccessKey.Scheme, "scheme", "http or https."),
        new(AccessKey.Host, "host", "The host that was asked for, without port."),
        new(AccessKey.Path, "path", "The path as the client sent it; modules may have changed it for the origin."),
        new(AccessKey.Query, "query", "The query as the client sent it, without the question mark; absent when there is none."),
        new(AccessKey.Protocol, "protocol", "HTTP/1.0, HTTP/1.1, HTTP/2 or HTTP/3."),
        new(AccessKey.Status, "status", "The status code; 499 when the client left before one was given, 0 when there is none."),
        new(AccessKey.RequestBytes, "request_bytes", "Bytes of the request's content that were received."),
        new(AccessKey.ResponseBytes, "response_bytes", "Bytes of the response's content that were given to the client."),
        new(AccessKey.DurationMs, "duration_ms", "Milliseconds from the first byte of the request to the end; the phases add up to it."),
        new(AccessKey.PhaseHead, "phases.head", "Milliseconds for receiving the request's head; a phase that was not reached is absent."),
        new(AccessKey.PhaseQueue, "phases.queue", "Milliseconds for modules, routing and waiting for a place at a server."),
        new(AccessKey.PhaseConnect, "phases.connect", "Milliseconds for making or taking the connection to the server."),
        new(AccessKey.PhaseSend, "phases.send", "Milliseconds for sending the request's head."),
        new(AccessKey.PhaseWait, "phases.wait", "Milliseconds of waiting for the response's head."),
        new(AccessKey.PhaseBody, "phases.body", "Milliseconds for the response's content."),
        new(AccessKey.Site, "site", "The site's key in the configuration."),
        new(AccessKey.Route, "route", "The route: its path pattern, or its number."),
        new(AccessKey.Upstream, "upstream", "The upstream's name."),
        new(AccessKey.Server, "server", "The server that answered, or was tried last."),
        new(AccessKey.Retries, "retries", "How often the request was sent again; absent when no server was picked."),
        new(AccessKey.Hedged, "hedged", "true when retry.hedge asked a second server too; absent otherwise."),
        new(AccessKey.Reused, "reused", "Whether the server's connection had served before; absent when no server was picked."),
        new(AccessKey.AnsweredBy, "answered_by", "The module that answered; absent when none did."),
        new(AccessKey.EndedBy, "ended_by", "Who ended the exchange before it was complete: client, origin or weir."),
        new(AccessKey.EndedPhase, "ended_phase", "In which phase it was ended; absent when it completed."),
        new(AccessKey.Error, "error", "The error's name, see the reference of errors."),
        new(AccessKey.ErrorDetail, "error_detail", "What exactly was wrong."),
        new(AccessKey.UserAgent, "user_agent", "The User-Agent field."),
        new(AccessKey.Referer, "referer", "The Referer field."),
        new(AccessKey.TlsVersion, "tls_version", "TLSv1.3 or TLSv1.2; absent without TLS."),
        new(AccessKey.TlsCipher, "tls_cipher", "The cipher suite; absent without TLS."),
        new(AccessKey.TlsServerName, "tls_server_name", "The host that the client named in the handshake (SNI); absent without."),
        new(AccessKey.TlsResumed, "tls_resumed", "Whether the handshake resumed an earlier session; absent without TLS."),
        new(AccessKey.TlsProtocol, "tls_alpn", "h2 or http/1.1, where the client asked for a protocol by ALPN; absent otherwise."),
        new(AccessKey.TlsClientSubject, "tls_client_subject", "Whom the client's certificate names; absent without one."),
        new(AccessKey.TlsClientFingerprint, "tls_client_fingerprint", "SHA-256 of the client's certificate in hexadecimal; absent without one."),
    ];

    /// <summary>Every key, in the order of <see cref="AccessKey"/>, which is the order in a JSON line.</summary>
    public static IReadOnlyList<AccessKeyDefinition> All => _all;

    /// <summary>The row of a key.</summary>
    public static AccessKeyDefinition Of(AccessKey key) => _all[(int)key];

    /// <summary>Finds a key by its name.</summary>
    public static bool TryFind(string name, out AccessKey key)
    {
        int index = Array.FindIndex(_all, row => row.Name == name);
        key = (AccessKey)Math.Max(index, 0);
        return index >= 0;
    }
}
