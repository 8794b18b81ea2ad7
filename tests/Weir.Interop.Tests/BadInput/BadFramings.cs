namespace Weir.Interop.Tests.BadInput;

/// <summary>
/// Requests whose length two readers could understand differently (RFC 9112 sections 6, 7 and 11.2): refused by their head, so that
/// the origin sees nothing. What stands behind them would be the smuggled request.
/// </summary>
internal static class BadFramings
{
    private const string Smuggled = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";
    private const string Chunks = "0\r\n\r\n" + Smuggled;

    public static IReadOnlyList<(string Name, string Octets, int Status)> Rows { get; } =
    [
        // Both lengths (section 6.1).
        ("cl_te", Post("Content-Length: 6\r\nTransfer-Encoding: chunked", Chunks), 400),
        ("te_cl", Post("Transfer-Encoding: chunked\r\nContent-Length: 3", "8\r\nSMUGGLED\r\n" + Chunks), 400),
        ("cl_zero_te", Post("Content-Length: 0\r\nTransfer-Encoding: chunked", Chunks), 400),
        ("cl_te_identity", Post("Content-Length: 5\r\nTransfer-Encoding: identity", Chunks), 400),
        ("cl_te_empty", Post("Content-Length: 5\r\nTransfer-Encoding:", Chunks), 400),
        ("get_cl_te", "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunks, 400),

        // Transfer-Encoding (sections 6.1 and 7).
        ("te_twice", Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", Chunks), 400),
        ("te_then_identity", Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", Chunks), 400),
        ("te_then_cow", Post("Transfer-Encoding: chunked\r\nTransfer-encoding: cow", Chunks), 400),
        ("te_chunked_twice_in_list", Post("Transfer-Encoding: chunked, chunked", Chunks), 400),
        ("te_chunked_not_last", Post("Transfer-Encoding: chunked, gzip", Chunks), 400),
        ("te_identity_after_chunked", Post("Transfer-Encoding: chunked, identity", Chunks), 400),
        ("te_identity", Post("Transfer-Encoding: identity", Chunks), 400),
        ("te_gzip", Post("Transfer-Encoding: gzip", Chunks), 400),
        ("te_gzip_chunked", Post("Transfer-Encoding: gzip, chunked", Chunks), 501),
        ("te_identity_chunked", Post("Transfer-Encoding: identity, chunked", Chunks), 501),
        ("te_empty", Post("Transfer-Encoding:", Chunks), 400),
        ("te_comma", Post("Transfer-Encoding: ,", Chunks), 400),
        ("te_leading_comma", Post("Transfer-Encoding: ,chunked", Chunks), 400),
        ("te_trailing_comma", Post("Transfer-Encoding: chunked,", Chunks), 400),
        ("te_xchunked", Post("Transfer-Encoding: xchunked", Chunks), 400),
        ("te_chunkedx", Post("Transfer-Encoding: chunkedx", Chunks), 400),
        ("te_chunk", Post("Transfer-Encoding: chunk", Chunks), 400),
        ("te_quoted", Post("Transfer-Encoding: \"chunked\"", Chunks), 400),
        ("te_quoted_singly", Post("Transfer-Encoding: 'chunked'", Chunks), 400),
        ("te_parameter", Post("Transfer-Encoding: chunked;q=1", Chunks), 400),
        ("te_semicolon", Post("Transfer-Encoding: chunked;", Chunks), 400),
        ("te_two_words", Post("Transfer-Encoding: chunked chunked", Chunks), 400),
        ("te_colon", Post("Transfer-Encoding:: chunked", Chunks), 400),
        ("te_vertical_tab", Post("Transfer-Encoding: \vchunked", Chunks), 400),
        ("te_form_feed", Post("Transfer-Encoding: chunked\f", Chunks), 400),
        ("te_nul", Post("Transfer-Encoding: chunked\0", Chunks), 400),
        ("te_no_break_space", Post("Transfer-Encoding: \u00a0chunked", Chunks), 400),
        ("te_next_line", Post("Transfer-Encoding: chunked\u0085", Chunks), 400),
        ("te_backspace", Post("Transfer-Encoding: \bchunked", Chunks), 400),
        ("te_bare_cr", Post("Transfer-Encoding: chunked\r", Chunks), 400),
        ("te_bare_lf_before", Post("X: y\nTransfer-Encoding: chunked", Chunks), 400),
        ("te_space_in_name", Post("Transfer Encoding: chunked\r\nContent-Length: 5", Chunks), 400),
        ("te_space_before_name", Post("X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: 5", Chunks), 400),
        ("te_name_with_control", Post("Transfer-Encoding\u0001: chunked\r\nContent-Length: 5", Chunks), 400),
        ("te_http_10", "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunks, 400),
        ("te_http_10_kept_alive", "POST / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunks, 400),
        ("te_in_trace", "TRACE / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunks, 400),
        ("te_in_connect", "CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunks, 400),

        // Content-Length (RFC 9110 section 8.6).
        ("cl_differ", Post("Content-Length: 3\r\nContent-Length: 4", "abc" + Smuggled), 400),
        ("cl_differ_zero", Post("Content-Length: 0\r\nContent-Length: 36", Smuggled), 400),
        ("cl_list_differs", Post("Content-Length: 3, 4", "abc" + Smuggled), 400),
        ("cl_list_with_empty", Post("Content-Length: 3,", "abc" + Smuggled), 400),
        ("cl_list_with_leading_empty", Post("Content-Length: ,3", "abc" + Smuggled), 400),
        ("cl_empty", Post("Content-Length:", Smuggled), 400),
        ("cl_plus", Post("Content-Length: +3", "abc" + Smuggled), 400),
        ("cl_minus", Post("Content-Length: -3", "abc" + Smuggled), 400),
        ("cl_minus_zero", Post("Content-Length: -0", Smuggled), 400),
        ("cl_hex", Post("Content-Length: 0x3", "abc" + Smuggled), 400),
        ("cl_hex_digits", Post("Content-Length: a", "abcabcabca" + Smuggled), 400),
        ("cl_fraction", Post("Content-Length: 3.0", "abc" + Smuggled), 400),
        ("cl_exponent", Post("Content-Length: 3e0", "abc" + Smuggled), 400),
        ("cl_two_numbers", Post("Content-Length: 3 3", "abc" + Smuggled), 400),
        ("cl_underscore", Post("Content-Length: 1_0", "abcabcabca" + Smuggled), 400),
        ("cl_thousands", Post("Content-Length: 1,000", Smuggled), 400),
        ("cl_quoted", Post("Content-Length: \"3\"", "abc" + Smuggled), 400),
        ("cl_parameter", Post("Content-Length: 3;x", "abc" + Smuggled), 400),
        ("cl_vertical_tab", Post("Content-Length: \v3", "abc" + Smuggled), 400),
        ("cl_nul", Post("Content-Length: 3\0", "abc" + Smuggled), 400),
        ("cl_wide_digit", Post("Content-Length: \u00b2", "ab" + Smuggled), 400),
        ("cl_overflow_64", Post("Content-Length: 18446744073709551619", "abc" + Smuggled), 400),
        ("cl_overflow_63", Post("Content-Length: 9223372036854775808", "abc" + Smuggled), 400),
        ("cl_overflow_long", Post("Content-Length: " + new string('9', 100), "abc" + Smuggled), 400),
        ("cl_in_trace", "TRACE / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc" + Smuggled, 400),
        ("cl_differ_in_get", "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 36\r\nContent-Length: 0\r\n\r\n" + Smuggled, 400),
        ("cl_too_large", Post("Content-Length: 999999999999", "abc"), 413),
    ];

    private static string Post(string framing, string content) =>
        "POST / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive\r\n" + framing + "\r\n\r\n" + content;
}
