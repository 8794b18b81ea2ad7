namespace Weir.Interop.Tests.BadInput;

/// <summary>What an origin must not send: refused by the head, or cut off where the content goes wrong.</summary>
internal static class BadResponses
{
    private const string Ok = "HTTP/1.1 200 OK\r\n";
    private const string Empty = "Content-Length: 0\r\n\r\n";
    private const string Chunked = Ok + "Transfer-Encoding: chunked\r\n\r\n";

    /// <summary>The client gets 502.</summary>
    public static IReadOnlyList<(string Name, string Octets)> Heads { get; } =
    [
        ("no_status_line", "<html>hello</html>\r\n\r\n"),
        ("no_status_line_but_fields", Empty),
        ("blank_lines_first", "\r\n" + Ok + Empty),
        ("space_first", " " + Ok + Empty),
        ("nul_first", "\0" + Ok + Empty),
        ("lower_case_version", "http/1.1 200 OK\r\n" + Empty),
        ("version_12", "HTTP/1.2 200 OK\r\n" + Empty),
        ("version_20", "HTTP/2.0 200 OK\r\n" + Empty),
        ("version_2", "HTTP/2 200 OK\r\n" + Empty),
        ("version_09", "HTTP/0.9 200 OK\r\n" + Empty),
        ("version_without_minor", "HTTP/1 200 OK\r\n" + Empty),
        ("other_protocol", "ICY 200 OK\r\n" + Empty),
        ("no_version", "200 OK\r\n" + Empty),
        ("two_spaces_before_status", "HTTP/1.1  200 OK\r\n" + Empty),
        ("tab_before_status", "HTTP/1.1\t200 OK\r\n" + Empty),
        ("two_digit_status", "HTTP/1.1 20 OK\r\n" + Empty),
        ("four_digit_status", "HTTP/1.1 2000 OK\r\n" + Empty),
        ("status_with_sign", "HTTP/1.1 +20 OK\r\n" + Empty),
        ("status_with_letters", "HTTP/1.1 2xx OK\r\n" + Empty),
        ("status_below_100", "HTTP/1.1 099 OK\r\n" + Empty),
        ("status_zero", "HTTP/1.1 000 OK\r\n" + Empty),
        ("status_glued_to_reason", "HTTP/1.1 200OK\r\n" + Empty),
        ("nul_in_reason", "HTTP/1.1 200 O\0K\r\n" + Empty),
        ("bare_cr_in_reason", "HTTP/1.1 200 O\rX: y\r\n" + Empty),
        ("bare_lf_after_status_line", "HTTP/1.1 200 OK\n" + Empty),
        ("bare_lf_after_field", Ok + "X: y\n" + Empty),
        ("bare_lf_ends_head", Ok + "Content-Length: 0\r\n\n"),
        ("bare_cr_in_value", Ok + "X: y\rz\r\n" + Empty),
        ("nul_in_value", Ok + "X: \0\r\n" + Empty),
        ("control_in_value", Ok + "X: \u0001\r\n" + Empty),
        ("space_before_colon", Ok + "X : y\r\n" + Empty),
        ("space_before_colon_of_length", Ok + "Content-Length : 0\r\n\r\n"),
        ("no_colon", Ok + "X\r\n" + Empty),
        ("no_name", Ok + ": y\r\n" + Empty),
        ("space_in_name", Ok + "X Y: z\r\n" + Empty),
        ("folded", Ok + "X: y\r\n z\r\n" + Empty),
        ("folded_first", Ok + " X: y\r\n" + Empty),
        ("folded_coding", Ok + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"),
        ("octet_above_ascii_in_name", Ok + "\u00e9: y\r\n" + Empty),
        ("both_lengths", Ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ("both_lengths_reversed", Ok + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
        ("te_twice", Ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ("te_list_twice", Ok + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
        ("te_gzip", Ok + "Transfer-Encoding: gzip\r\n\r\nabc"),
        ("te_gzip_chunked", Ok + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        ("te_identity", Ok + "Transfer-Encoding: identity\r\n\r\nabc"),
        ("te_empty", Ok + "Transfer-Encoding:\r\n\r\nabc"),
        ("te_misspelt", Ok + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        ("te_vertical_tab", Ok + "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n"),
        ("te_http_10", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ("cl_differ", Ok + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc"),
        ("cl_list_differs", Ok + "Content-Length: 2, 3\r\n\r\nabc"),
        ("cl_empty", Ok + "Content-Length:\r\n\r\nabc"),
        ("cl_plus", Ok + "Content-Length: +3\r\n\r\nabc"),
        ("cl_minus", Ok + "Content-Length: -3\r\n\r\nabc"),
        ("cl_hex", Ok + "Content-Length: 0x3\r\n\r\nabc"),
        ("cl_word", Ok + "Content-Length: three\r\n\r\nabc"),
        ("cl_fraction", Ok + "Content-Length: 3.0\r\n\r\nabc"),
        ("cl_overflow", Ok + "Content-Length: 18446744073709551619\r\n\r\nabc"),
        ("interim_with_length", "HTTP/1.1 103 Early Hints\r\nContent-Length: 3\r\n\r\nabc" + Ok + Empty),
        ("interim_with_coding", "HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + Ok + Empty),
        ("interim_then_nonsense", "HTTP/1.1 103 Early Hints\r\n\r\nnonsense\r\n\r\n"),
        ("interim_bad", "HTTP/1.1 100 Continue\r\nX\r\n\r\n" + Ok + Empty),
        ("switch_nobody_asked_for", "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"),
        ("head_too_large", Ok + "X: " + new string('a', 80_000) + "\r\n" + Empty),
        ("too_many_fields", Ok + string.Concat(Enumerable.Repeat("A: b\r\n", 500)) + Empty),
    ];

    /// <summary>The client gets a head, and then an end that it cannot take for the end of the content.</summary>
    public static IReadOnlyList<(string Name, string Octets)> Contents { get; } =
    [
        ("size_empty", Chunked + "3\r\nabc\r\n\r\n"),
        ("size_no_hex", Chunked + "3\r\nabc\r\nxyz\r\n"),
        ("size_hex_prefix", Chunked + "3\r\nabc\r\n0x1\r\na\r\n0\r\n\r\n"),
        ("size_space", Chunked + "3\r\nabc\r\n 1\r\na\r\n0\r\n\r\n"),
        ("size_sign", Chunked + "3\r\nabc\r\n+1\r\na\r\n0\r\n\r\n"),
        ("size_overflow", Chunked + "3\r\nabc\r\n10000000000000001\r\na\r\n0\r\n\r\n"),
        ("size_bare_lf", Chunked + "3\r\nabc\r\n1\na\r\n0\r\n\r\n"),
        ("size_bare_cr", Chunked + "3\r\nabc\r\n1\ra\r\n0\r\n\r\n"),
        ("data_without_crlf", Chunked + "3\r\nabcd\r\n0\r\n\r\n"),
        ("data_bare_lf", Chunked + "3\r\nabc\n0\r\n\r\n"),
        ("last_bare_lf", Chunked + "3\r\nabc\r\n0\n\n"),
        ("trailer_bad", Chunked + "3\r\nabc\r\n0\r\nX : y\r\n\r\n"),
        ("trailer_folded", Chunked + "3\r\nabc\r\n0\r\nX: y\r\n z\r\n\r\n"),
        ("end_instead_of_chunk", Chunked + "3\r\nabc\r\n<end>"),
        ("end_in_chunk", Chunked + "5\r\nabc<end>"),
        ("end_in_size", Chunked + "3\r\nabc\r\n5<end>"),
        ("end_before_last_crlf", Chunked + "3\r\nabc\r\n0\r\n<end>"),
        ("end_in_trailer", Chunked + "3\r\nabc\r\n0\r\nX: y<end>"),
        ("end_before_length", Ok + "Content-Length: 10\r\n\r\nabc<end>"),
        ("reset_before_length", Ok + "Content-Length: 10\r\n\r\nabc<reset>"),
        ("reset_instead_of_chunk", Chunked + "3\r\nabc\r\n<reset>"),
        ("reset_where_the_end_is_the_close", Ok + "\r\nabc<reset>"),
    ];

    /// <summary>Good responses, after which the connection is worth nothing.</summary>
    public static IReadOnlyList<(string Name, string Octets)> Last { get; } =
    [
        ("octets_behind_length", Ok + "Content-Length: 2\r\n\r\nok" + Ok + "Content-Length: 6\r\n\r\npoison"),
        ("octets_behind_chunks", Chunked + "2\r\nok\r\n0\r\n\r\n" + Ok + "Content-Length: 6\r\n\r\npoison"),
        ("one_octet_behind", Ok + "Content-Length: 2\r\n\r\nok "),
        ("close_announced", Ok + "Connection: close\r\nContent-Length: 2\r\n\r\nok"),
        ("http_10", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"),
        ("ends_by_close", Ok + "\r\nok<end>"),
        ("no_content_with_length", "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok"),
        ("no_content_with_coding", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ("not_modified_with_octets", "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\nok"),
    ];
}
