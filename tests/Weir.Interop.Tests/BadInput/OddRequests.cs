namespace Weir.Interop.Tests.BadInput;

/// <summary>
/// Requests that look odd and are good, with what the origin must see: request line and fields, {identity} where Weir adds its own,
/// and whatever stands behind that.
/// </summary>
internal static class OddRequests
{
    public static IReadOnlyList<(string Name, string Sent, string Seen)> Rows { get; } =
    [
        Path("plain", "/", "/"),
        Path("no_dots_lost", "/a.b/..c/.d", "/a.b/..c/.d"),
        Path("dot_segments", "/a/./b/../c", "/a/c"),
        Path("dots_at_end", "/a/b/..", "/a/"),
        Path("dot_at_end", "/a/.", "/a/"),
        Path("encoded_dots", "/a/%2e%2E/b", "/b"),
        Path("three_dots", "/a/.../b", "/a/.../b"),
        Path("unreserved_decoded", "/%61%2D%5f%7e%39", "/a-_~9"),
        Path("reserved_kept", "/%3b%3D%26%24", "/%3B%3D%26%24"),
        Path("hex_in_upper_case", "/%e2%82%ac", "/%E2%82%AC"),
        Path("encoded_slash_kept", "/a%2fb", "/a%2Fb"),
        Path("encoded_slash_is_no_separator", "/a%2f..%2fb", "/a%2F..%2Fb"),
        Path("encoded_percent_kept", "/%2541", "/%2541"),
        Path("encoded_question_mark_kept", "/a%3fb", "/a%3Fb"),
        Path("encoded_hash_kept", "/a%23b", "/a%23b"),
        Path("encoded_space_kept", "/a%20b", "/a%20b"),
        Path("slashes_kept", "/a//b///c", "/a//b///c"),
        Path("slashes_and_dots", "/a//../b", "/a/b"),
        Path("parameters_kept", "/a;v=1/b;x", "/a;v=1/b;x"),
        Path("sub_delims_kept", "/!$&'()*+,;=:@", "/!$&'()*+,;=:@"),
        Path("query_untouched", "/?a=%61&b=../..&c=%2f", "/?a=%61&b=../..&c=%2f"),
        Path("empty_query", "/a?", "/a?"),
        Path("question_mark_in_query", "/a?b?c", "/a?b?c"),
        Path("browser_query", "/a?[x]={y}|^`\"", "/a?[x]={y}|^`\""),
        Path("query_with_url", "/a?u=http://b/", "/a?u=http://b/"),
        Path("long_path", "/" + new string('a', 8000), "/" + new string('a', 8000)),
        Path("colon_path", "/http://b/", "/http://b/"),

        // RFC 9112 section 3.2.2: the target's authority wins, and Host follows it.
        ("absolute_form", "GET http://h/a HTTP/1.1\r\nHost: h\r\n\r\n", "GET /a HTTP/1.1\r\nHost: h\r\n{identity}\r\n"),
        ("absolute_form_wins", "GET http://h/a HTTP/1.1\r\nHost: other\r\n\r\n", "GET /a HTTP/1.1\r\nHost: h\r\n{identity}\r\n"),
        ("absolute_form_upper_case", "GET HTTP://H/a HTTP/1.1\r\nHost: h\r\n\r\n", "GET /a HTTP/1.1\r\nHost: h\r\n{identity}\r\n"),
        ("absolute_form_empty_path", "GET http://h HTTP/1.1\r\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n{identity}\r\n"),
        ("absolute_form_empty_path_query", "GET http://h?a=b HTTP/1.1\r\nHost: h\r\n\r\n", "GET /?a=b HTTP/1.1\r\nHost: h\r\n{identity}\r\n"),
        ("absolute_form_dots", "GET http://h/a/../b HTTP/1.1\r\nHost: h\r\n\r\n", "GET /b HTTP/1.1\r\nHost: h\r\n{identity}\r\n"),
        ("absolute_form_in_http_10", "GET http://h/a HTTP/1.0\r\n\r\n", "GET /a HTTP/1.1\r\nHost: h\r\n{identity10}\r\n"),
        ("options_asterisk", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: h\r\n{identity}\r\n"),
        ("options_absolute", "OPTIONS http://h HTTP/1.1\r\nHost: h\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: h\r\n{identity}\r\n"),
        ("host_upper_case", "GET / HTTP/1.1\r\nHost: H\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n{identity}\r\n"),
        ("host_with_empty_port", "GET / HTTP/1.1\r\nHost: h:\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n{identity}\r\n"),
        ("host_without_space", "GET / HTTP/1.1\r\nhost:h\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n{identity}\r\n"),
        ("host_with_blanks", "GET / HTTP/1.1\r\nHOST: \t h \t\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n{identity}\r\n"),
        ("empty_line_first", "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n{identity}\r\n"),
        ("unknown_method", "BREW / HTTP/1.1\r\nHost: h\r\n\r\n", "BREW / HTTP/1.1\r\nHost: h\r\n{identity}\r\n"),
        ("method_with_odd_token", "M-SEARCH! / HTTP/1.1\r\nHost: h\r\n\r\n", "M-SEARCH! / HTTP/1.1\r\nHost: h\r\n{identity}\r\n"),
        ("lower_case_method", "get / HTTP/1.1\r\nHost: h\r\n\r\n", "get / HTTP/1.1\r\nHost: h\r\n{identity}\r\n"),

        // Fields.
        Field("empty_value", "X-A:", "X-A: "),
        Field("blank_value", "X-A:  \t ", "X-A: "),
        Field("no_space", "X-A:b", "X-A: b"),
        Field("blanks_around_value", "X-A: \t b c\t ", "X-A: b c"),
        Field("case_kept", "x-ODD-case: B", "x-ODD-case: B"),
        Field("repeated_in_order", "X-A: 1\r\nX-B: 2\r\nX-A: 3", "X-A: 1\r\nX-B: 2\r\nX-A: 3"),
        Field("odd_token_name", "!#$%&'*+-.^`|~9: y", "!#$%&'*+-.^`|~9: y"),
        Field("octets_above_ascii_in_value", "X-A: \u00c3\u00a9\u00ff", "X-A: \u00c3\u00a9\u00ff"),
        Field("underscore_of_no_known_name", "x_odd: y", "x_odd: y"),
        Field("colons_in_value", "X-A: b:c: d", "X-A: b:c: d"),

        // What is the connection's own, and what poses as Weir's (RFC 9110 section 7.6.1).
        Field("connection_nominates", "X-A: b\r\nConnection: x-a", ""),
        Field("connection_may_not_nominate_host", "Connection: host, content-type\r\nContent-Type: a/b", "Content-Type: a/b"),
        Field("connection_may_not_nominate_identity", "Connection: x-forwarded-for, forwarded, cookie\r\nCookie: a=b", "Cookie: a=b"),
        Field("hop_by_hop", "Keep-Alive: 5\r\nProxy-Connection: keep-alive\r\nTE: gzip\r\nProxy-Authorization: x", ""),
        Field("unknown_upgrade", "Connection: upgrade\r\nUpgrade: fax", ""),
        Field("h2c_upgrade", "Connection: upgrade, http2-settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA", ""),
        Field("upgrade_not_nominated", "Upgrade: websocket", ""),
        Field("claimed_identity", "Forwarded: for=1.2.3.4\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Host: x\r\nX-Forwarded-Proto: https\r\nX-Request-Id: 1", ""),
        Field("claimed_identity_underscores", "X_Forwarded_For: 1.2.3.4\r\nX-Forwarded_Host: x\r\nClient_Cert: x", ""),
        Field("claimed_client_cert", "Client-Cert: :AA==:\r\nClient-Cert-Chain: :AA==:", ""),
        Field("expect_without_content", "Expect: 100-continue", ""),

        // Content.
        Post("length", "Content-Length: 3\r\n\r\nabc", "Content-Length: 3\r\n\r\nabc"),
        Post("length_zero", "Content-Length: 0\r\n\r\n", "Content-Length: 0\r\n\r\n"),
        Post("no_length", "\r\n", "Content-Length: 0\r\n\r\n"),
        Post("lengths_equal", "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", "Content-Length: 3\r\n\r\nabc"),
        Post("length_list_equal", "Content-Length: 3, 3\r\n\r\nabc", "Content-Length: 3\r\n\r\nabc"),
        Post("length_leading_zeros", "Content-Length: 0003\r\n\r\nabc", "Content-Length: 3\r\n\r\nabc"),
        Post("length_imitated", "Content_Length: 5\r\nContent-Length: 3\r\n\r\nabc", "Content-Length: 3\r\n\r\nabc"),
        Post("coding_imitated", "Transfer_Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc", "Content-Length: 3\r\n\r\nabc"),
        Post("chunked", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
        Post("chunked_upper_case", "TRANSFER-ENCODING: CHUNKED\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
        Post("chunked_leading_zeros", "Transfer-Encoding: chunked\r\n\r\n0003\r\nabc\r\n000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
        Post("chunked_upper_hex", "Transfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\n\r\n"),
        Post("chunk_extensions_dropped", "Transfer-Encoding: chunked\r\n\r\n3;a=\"b\";c\r\nabc\r\n0;d\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
        Post("chunked_empty", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Post("trailers_of_framing_dropped", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nContent-Length: 9\r\nHost: x\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
        ("get_with_content", "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", "GET / HTTP/1.1\r\nHost: h\r\n{identity}Content-Length: 3\r\n\r\nabc"),
        ("http_10", "GET / HTTP/1.0\r\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n{identity10}\r\n"),
        ("max_forwards_counts_down", "OPTIONS / HTTP/1.1\r\nHost: h\r\nMax-Forwards: 3\r\n\r\n", "OPTIONS / HTTP/1.1\r\nHost: h\r\nMax-Forwards: 2\r\n{identity}\r\n"),
        ("max_forwards_elsewhere", "GET / HTTP/1.1\r\nHost: h\r\nMax-Forwards: 0\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nMax-Forwards: 0\r\n{identity}\r\n"),
    ];

    private static (string Name, string Sent, string Seen) Path(string name, string sent, string seen) =>
        (name, $"GET {sent} HTTP/1.1\r\nHost: h\r\n\r\n", $"GET {seen} HTTP/1.1\r\nHost: h\r\n{{identity}}\r\n");

    private static (string Name, string Sent, string Seen) Field(string name, string sent, string seen) =>
        (name, $"GET / HTTP/1.1\r\nHost: h\r\n{sent}\r\n\r\n", $"GET / HTTP/1.1\r\nHost: h\r\n{seen}{(seen.Length > 0 ? "\r\n" : "")}{{identity}}\r\n");

    private static (string Name, string Sent, string Seen) Post(string name, string sent, string seen) =>
        ("post_" + name, "POST / HTTP/1.1\r\nHost: h\r\n" + sent, "POST / HTTP/1.1\r\nHost: h\r\n{identity}" + seen);
}
