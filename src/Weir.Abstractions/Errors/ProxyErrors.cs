namespace Weir.Abstractions.Errors;

/// <summary>The one table of errors: name, status, Proxy-Status type (RFC 9209 section 2.3), fault, phase, retryable, and what to do.</summary>
public static class ProxyErrors
{
    private static readonly List<ProxyError> _all = [];

    public static readonly ProxyError BadRequest = Add("bad_request", 400, "http_request_error", Fault.Client, Phase.Head, false, "The request's head cannot be used. The log's error_detail names the rule it breaks.");
    public static readonly ProxyError NoSite = Add("no_site", 404, "http_request_denied", Fault.Client, Phase.Modules, false, "No site has this host. Add it under sites, or a \"*\" site.");
    public static readonly ProxyError NoRoute = Add("no_route", 404, "http_request_denied", Fault.Client, Phase.Modules, false, "No route of the site matches. `weir explain` shows which were tried.");
    public static readonly ProxyError AmbiguousPath = Add("ambiguous_path", 400, "http_request_error", Fault.Client, Phase.Modules, false, "Another reading of the path (%2F decoded, // merged, ;parameters dropped) would choose another route.");
    public static readonly ProxyError Misdirected = Add("misdirected", 421, "http_request_denied", Fault.Client, Phase.Modules, false, "The connection was made for another site.");
    public static readonly ProxyError LoopDetected = Add("loop_detected", 508, "proxy_loop_detected", Fault.Weir, Phase.Modules, false, "The request came through this Weir already. An upstream points back at a listener.");
    public static readonly ProxyError BodyTooLarge = Add("body_too_large", 413, "http_request_error", Fault.Client, Phase.Send, false, "The request's content is larger than limits.body_size, or than the body_limit of its route.");
    public static readonly ProxyError LengthRequired = Add("length_required", 411, "http_request_error", Fault.Client, Phase.Send, false, "The server speaks HTTP/1.0 and must be told the content's length; the client gave none, and more than 1 MiB is not held to count it.");
    public static readonly ProxyError BodyTooSlow = Add("body_too_slow", 408, "http_request_error", Fault.Client, Phase.Send, false, "The client sent its content slower than limits.body_min_rate.");
    public static readonly ProxyError BadBody = Add("bad_body", 400, "http_request_error", Fault.Client, Phase.Send, false, "The request's content broke its framing.");
    public static readonly ProxyError TrailersTooLarge = Add("trailers_too_large", 431, "http_request_error", Fault.Client, Phase.Send, false, "The trailer section behind the request's content has too many fields or octets.");
    public static readonly ProxyError ExpectationFailed = Add("expectation_failed", 417, "http_request_denied", Fault.Client, Phase.Modules, false, "Expect held something else than 100-continue.");
    public static readonly ProxyError UpgradeRefused = Add("upgrade_refused", 403, "http_request_denied", Fault.Client, Phase.Modules, false, "The route does not allow this Upgrade token.");
    public static readonly ProxyError MethodNotAllowed = Add("method_not_allowed", 405, "http_request_denied", Fault.Client, Phase.Modules, false, "The method is not served here (CONNECT is off by default).");
    public static readonly ProxyError AccessDenied = Add("access_denied", 403, "http_request_denied", Fault.Client, Phase.Modules, false, "The access module refuses the client's address. The trace names the rule.");
    public static readonly ProxyError RateLimited = Add("rate_limited", 429, "http_request_denied", Fault.Client, Phase.Modules, false, "The client sent more requests than rate_limit allows.");
    public static readonly ProxyError TooManyAtOnce = Add("too_many_at_once", 429, "http_request_denied", Fault.Client, Phase.Queue, false, "The client has as many exchanges in flight as the limit of concurrency allows, and its queue is full or its wait was over. The log's error_detail says which.");
    public static readonly ProxyError ConcurrencyFull = Add("concurrency_full", 503, "connection_limit_reached", Fault.Weir, Phase.Queue, false, "As many exchanges are in flight as concurrency allows in all, and its queue is full or the wait was over. The log's error_detail says which.");
    public static readonly ProxyError Filtered = Add("filtered", 403, "http_request_denied", Fault.Client, Phase.Modules, false, "A rule of filter blocks the request. The log's error_detail names the rule.");
    public static readonly ProxyError CrossSite = Add("cross_site", 403, "http_request_denied", Fault.Client, Phase.Modules, false, "The csrf module refuses what another site's page made the browser send. Name that site under origins if it may.");
    public static readonly ProxyError Challenged = Add("challenged", 429, "http_request_denied", Fault.Client, Phase.Modules, false, "The challenge module wants a proof of the client first, and the request is none that a page could be the answer to. The log's error_detail says why it is challenged.");
    public static readonly ProxyError Banned = Add("banned", 403, "http_request_denied", Fault.Client, Phase.Modules, false, "An operator banned the client's address for a time. `weir ban list` shows why and until when.");
    public static readonly ProxyError AuthRequired = Add("auth_required", 401, "http_request_denied", Fault.Client, Phase.Modules, false, "An auth module of the stack knows nothing of what the request shows. The log's error_detail says what was missing.");
    public static readonly ProxyError AuthForbidden = Add("auth_forbidden", 403, "http_request_denied", Fault.Client, Phase.Modules, false, "Who asks is known to an auth module of the stack, and may not. The log's error_detail says why.");
    public static readonly ProxyError AuthUnavailable = Add("auth_unavailable", 503, "destination_unavailable", Fault.Origin, Phase.Modules, false, "What an auth module decides by cannot be asked now, or too many wait for it. The log's error_detail names it.");
    public static readonly ProxyError LoginFailed = Add("login_failed", 403, "http_request_denied", Fault.Client, Phase.Modules, false, "A login by auth_oidc could not be completed. The log's error_detail says why; who tries again from the page that was asked for begins a new one.");
    public static readonly ProxyError ClientAborted = Add("client_aborted", 499, "connection_terminated", Fault.Client, Phase.Wait, false, "The client went away before its response was complete.");
    public static readonly ProxyError ClientTooSlow = Add("client_too_slow", 499, "connection_write_timeout", Fault.Client, Phase.Body, false, "The client took its response slower than limits.response_min_rate for limits.idle_timeout.");
    public static readonly ProxyError NoServer = Add("no_server", 503, "destination_unavailable", Fault.Origin, Phase.Queue, false, "The upstream has no server that may be used. `weir status` shows why.");
    public static readonly ProxyError QueueFull = Add("queue_full", 503, "connection_limit_reached", Fault.Origin, Phase.Queue, false, "The servers are at their limits and the queue is full. Raise upstream limits or add servers.");
    public static readonly ProxyError QueueTimeout = Add("queue_timeout", 503, "connection_limit_reached", Fault.Origin, Phase.Queue, false, "The request waited longer than queue_timeout for a free server.");
    public static readonly ProxyError DnsTimeout = Add("dns_timeout", 504, "dns_timeout", Fault.Origin, Phase.Connect, true, "The name of the server could not be resolved in time. Check resolv.conf.");
    public static readonly ProxyError DnsError = Add("dns_error", 502, "dns_error", Fault.Origin, Phase.Connect, true, "The name of the server does not resolve.");
    public static readonly ProxyError ConnectRefused = Add("connect_refused", 502, "connection_refused", Fault.Origin, Phase.Connect, true, "Nothing listens at the server's address, or a firewall rejects.");
    public static readonly ProxyError ConnectTimeout = Add("connect_timeout", 504, "connection_timeout", Fault.Origin, Phase.Connect, true, "The server did not accept within timeouts.connect.");
    public static readonly ProxyError ConnectUnreachable = Add("connect_unreachable", 502, "destination_ip_unroutable", Fault.Origin, Phase.Connect, true, "There is no route to the server's address.");
    public static readonly ProxyError ConnectFailed = Add("connect_failed", 502, "destination_unavailable", Fault.Origin, Phase.Connect, true, "The connection to the server could not be made.");
    public static readonly ProxyError OriginTlsCertificate = Add("origin_tls_certificate", 502, "tls_certificate_error", Fault.Origin, Phase.Connect, true, "The server's certificate is not trusted, has another name or is out of its time. See tls.ca and tls.server_name of the server.");
    public static readonly ProxyError OriginTlsAlert = Add("origin_tls_alert", 502, "tls_alert_received", Fault.Origin, Phase.Connect, true, "The server refused the TLS handshake. It may ask for a certificate (tls.certificate), know another name (tls.server_name), or not speak HTTP/2 (protocol: h2).");
    public static readonly ProxyError OriginTlsFailed = Add("origin_tls_failed", 502, "tls_protocol_error", Fault.Origin, Phase.Connect, true, "The TLS handshake with the server failed. Check that it speaks TLS 1.2 or 1.3 at this port.");
    public static readonly ProxyError OriginReset = Add("origin_reset", 502, "connection_terminated", Fault.Origin, Phase.Wait, true, "The server closed or reset the connection before a response.");
    public static readonly ProxyError OriginRefused = Add("origin_refused", 503, "connection_limit_reached", Fault.Origin, Phase.Wait, true, "The server speaks HTTP/2 and refused the stream unprocessed (REFUSED_STREAM or GOAWAY), again and again. It allows too few streams, or restarts.");
    public static readonly ProxyError OriginNotHttp2 = Add("origin_not_http2", 502, "http_protocol_error", Fault.Origin, Phase.Connect, true, "The server is to be spoken to in HTTP/2 (protocol: h2, or a gRPC check) and does not speak it at this port. Switch it on there, or write protocol: h1.");
    public static readonly ProxyError OriginNoTunnel = Add("origin_no_tunnel", 502, "http_upgrade_failed", Fault.Origin, Phase.Wait, false, "A WebSocket needs a server whose HTTP/2 has extended CONNECT (RFC 8441), or that speaks HTTP/1.1 at the same port.");
    public static readonly ProxyError OriginHeadLimit = Add("origin_head_limit", 431, "http_request_error", Fault.Client, Phase.Send, false, "The request's head is larger than the server's SETTINGS_MAX_HEADER_LIST_SIZE allows.");
    public static readonly ProxyError OriginWriteTimeout = Add("origin_write_timeout", 504, "connection_write_timeout", Fault.Origin, Phase.Send, true, "The server took no octet of the request for timeouts.idle.");
    public static readonly ProxyError OriginTimeout = Add("origin_timeout", 504, "http_response_timeout", Fault.Origin, Phase.Wait, true, "The server sent no response head within timeouts.first_byte.");
    public static readonly ProxyError TryTimeout = Add("try_timeout", 504, "http_response_timeout", Fault.Origin, Phase.Wait, true, "The server sent no response head within retry.per_try_timeout, connecting included.");
    public static readonly ProxyError OriginIdle = Add("origin_idle", 504, "connection_read_timeout", Fault.Origin, Phase.Body, false, "The server sent nothing for timeouts.idle in the middle of a response.");
    public static readonly ProxyError OriginTruncated = Add("origin_truncated", 502, "http_response_incomplete", Fault.Origin, Phase.Body, false, "The server ended the response before its announced length.");
    public static readonly ProxyError OriginBadHead = Add("origin_bad_head", 502, "http_protocol_error", Fault.Origin, Phase.Wait, false, "The server's response head is malformed. The log names the reason.");
    public static readonly ProxyError OriginHeadTooLarge = Add("origin_head_too_large", 502, "http_response_header_section_size", Fault.Origin, Phase.Wait, false, "The server's response head is larger than limits.header_size.");
    public static readonly ProxyError OriginBadBody = Add("origin_bad_body", 502, "http_response_transfer_coding", Fault.Origin, Phase.Body, false, "The server's response content broke its framing.");
    public static readonly ProxyError OriginBadUpgrade = Add("origin_bad_upgrade", 502, "http_upgrade_failed", Fault.Origin, Phase.Wait, false, "The server switched protocols without being asked, or to another one.");
    public static readonly ProxyError MemoryExhausted = Add("memory_exhausted", 503, "proxy_internal_error", Fault.Weir, Phase.Queue, false, "Buffers use all of limits.memory. Raise it, or look for slow peers in the log.");
    public static readonly ProxyError Overloaded = Add("overloaded", 503, "http_request_denied", Fault.Weir, Phase.Modules, false, "Weir has too much to do, and the route's priority is low. `weir status` says what passed its threshold; see limits.overload.");
    public static readonly ProxyError DeadlineExceeded = Add("deadline_exceeded", 504, "http_response_timeout", Fault.Weir, Phase.Wait, false, "The exchange outlived its deadline.");
    public static readonly ProxyError ModuleFailed = Add("module_failed", 500, "proxy_internal_error", Fault.Weir, Phase.Modules, false, "A module threw an exception. The log has it.");
    public static readonly ProxyError Draining = Add("draining", 503, "proxy_internal_response", Fault.Weir, Phase.Modules, false, "Weir is shutting down and its drain deadline has passed.");
    public static readonly ProxyError TunnelIdle = Add("tunnel_idle", 504, "connection_read_timeout", Fault.Weir, Phase.Tunnel, false, "The tunnel carried nothing for tunnels.idle.");
    public static readonly ProxyError TunnelLifetime = Add("tunnel_lifetime", 504, "proxy_internal_response", Fault.Weir, Phase.Tunnel, false, "The tunnel reached tunnels.lifetime.");
    public static readonly ProxyError CacheBroken = Add("cache_broken", 502, "http_response_incomplete", Fault.Weir, Phase.Body, false, "What the cache's disk holds is not what was written, or cannot be read: the response was broken off. Look into the system's log for what is wrong with the disk.");
    public static readonly ProxyError CacheCrowded = Add("cache_crowded", 499, "connection_write_timeout", Fault.Client, Phase.Body, false, "The client read a stored response so slowly that it kept memory of the cache which others needed: slow readers together kept more than a quarter of it, and this one was among those that read the longest.");
    public static readonly ProxyError Internal = Add("internal", 500, "proxy_internal_error", Fault.Weir, Phase.Modules, false, "A defect in Weir. The log has the details; please report it.");

    /// <summary>Every error, for documentation, metrics and tests.</summary>
    public static IReadOnlyList<ProxyError> All => _all;

    private static ProxyError Add(string name, int status, string proxyStatus, Fault fault, Phase phase, bool isRetryable, string text)
    {
        ProxyError error = new(_all.Count, name, status, proxyStatus, fault, phase, isRetryable, text);
        _all.Add(error);
        return error;
    }
}
