namespace Weir.Interop.Tests.BadInput;

/// <summary>
/// Chunked contents that must be refused (RFC 9112 section 7.1). The head is good and may have reached the origin: what must never reach
/// it is the end of the message, or what stands behind it.
/// </summary>
internal static class BadChunks
{
    private const string Rest = "\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";

    public static IReadOnlyList<(string Name, string Octets, int Status)> Rows { get; } =
    [
        ("size_empty", "\r\nabc" + Rest, 400),
        ("size_hex_prefix", "0x3\r\nabc" + Rest, 400),
        ("size_plus", "+3\r\nabc" + Rest, 400),
        ("size_minus", "-3\r\nabc" + Rest, 400),
        ("size_underscore", "0_3\r\nabc" + Rest, 400),
        ("size_leading_space", " 3\r\nabc" + Rest, 400),
        ("size_leading_tab", "\t3\r\nabc" + Rest, 400),
        ("size_trailing_space", "3 \r\nabc" + Rest, 400),
        ("size_no_hex", "g\r\nabc" + Rest, 400),
        ("size_hex_suffix", "3h\r\nabc" + Rest, 400),
        ("size_with_nul", "3\0\r\nabc" + Rest, 400),
        ("size_quoted", "\"3\"\r\nabc" + Rest, 400),
        ("size_comma", "3,3\r\nabc" + Rest, 400),
        ("size_overflow_64", "10000000000000003\r\nabc" + Rest, 400),
        ("size_overflow_32_long", "0000000000000000000000000000000000003\r\nabc" + Rest, 400),
        ("size_max", "ffffffffffffffff\r\nabc" + Rest, 400),
        ("size_bare_lf", "3\nabc" + Rest, 400),
        ("size_bare_cr", "3\rabc" + Rest, 400),
        ("size_cr_x", "3\rX\nabc" + Rest, 400),
        ("size_cr_cr_lf", "3\r\r\nabc" + Rest, 400),
        ("size_lf_cr", "3\n\rabc" + Rest, 400),
        ("data_without_crlf", "3\r\nabcd\r\n0\r\n\r\n", 400),
        ("data_short", "4\r\nabc\r\n0\r\n\r\n", 400),
        ("data_bare_lf", "3\r\nabc\n0\r\n\r\n", 400),
        ("data_bare_cr", "3\r\nabc\r0\r\n\r\n", 400),
        ("data_two_octets", "3\r\nabcXX0\r\n\r\n", 400),
        ("last_bare_lf", "0\n\n", 400),
        ("last_then_bare_lf", "0\r\n\n", 400),
        ("last_then_cr_x", "0\r\n\rX", 400),
        ("extension_bare_lf", "3;a\nabc" + Rest, 400),
        ("extension_bare_cr", "3;a\rb\r\nabc" + Rest, 400),
        ("extension_hides_chunk", "3;a=\"\n0\r\n\r\n\"\r\nabc" + Rest, 400),
        ("extension_then_space", "3;a \r\nabc" + Rest, 400),
        ("extension_value_then_tab", "3;a=b\t\r\nabc" + Rest, 400),
        ("extension_nul", "3;a\0\r\nabc" + Rest, 400),
        ("extension_quote_unclosed", "3;a=\"b\r\nabc" + Rest, 400),
        ("extension_too_large", "3;" + new string('a', 40_000) + "\r\nabc" + Rest, 400),
        ("trailer_space_before_colon", "0\r\nX : y\r\n\r\n", 400),
        ("trailer_no_colon", "0\r\nX\r\n\r\n", 400),
        ("trailer_folded", "0\r\nX: y\r\n z\r\n\r\n", 400),
        ("trailer_nul", "0\r\nX: \0\r\n\r\n", 400),
        ("trailer_bare_lf", "0\r\nX: y\n\r\n", 400),
        ("trailer_bare_cr", "0\r\nX: y\rz\r\n\r\n", 400),
        ("trailer_too_large", "0\r\nX: " + new string('a', 70_000) + "\r\n\r\n", 431),
        ("trailers_too_many", "0\r\n" + string.Concat(Enumerable.Repeat("A: b\r\n", 300)) + "\r\n", 431),
    ];
}
