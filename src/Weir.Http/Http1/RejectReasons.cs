namespace Weir.Http.Http1;

/// <summary>The one table of reasons: name, status and text. Each reason is a counter.</summary>
public static class RejectReasons
{
    private static readonly Row[] _rows = Build();

    /// <summary>How many reasons there are; each is below it as a number.</summary>
    public static int Count => _rows.Length;

    /// <summary>The status that answers a request with this fault; 502 for what only a response can do wrong.</summary>
    public static int Status(RejectReason reason) => _rows[(int)reason].Status;

    /// <summary>The name in logs and metrics: snake_case, stable.</summary>
    public static string Name(RejectReason reason) => _rows[(int)reason].Name;

    /// <summary>What is wrong, in one sentence.</summary>
    public static string Text(RejectReason reason) => _rows[(int)reason].Text;

    private static Row[] Build()
    {
        Row[] rows = new Row[Enum.GetValues<RejectReason>().Length];
        void Add(RejectReason reason, int status, string name, string text) => rows[(int)reason] = new Row(status, name, text);

        Add(RejectReason.None, 0, "none", "Nothing is wrong.");
        Add(RejectReason.BareLineFeed, 400, "bare_lf", "A line feed stands without its carriage return.");
        Add(RejectReason.BareCarriageReturn, 400, "bare_cr", "A carriage return stands without its line feed.");
        Add(RejectReason.ControlOctet, 400, "control_octet", "A control octet stands in a line.");
        Add(RejectReason.HeadTooLarge, 431, "head_too_large", "The head is larger than limits.header_size.");
        Add(RejectReason.TooManyFields, 431, "too_many_fields", "The head has more fields than limits.header_count.");
        Add(RejectReason.EmptyRequestLine, 400, "empty_request_line", "The request line is empty.");
        Add(RejectReason.MalformedRequestLine, 400, "malformed_request_line",
            "The request line is not method, target and version with one space between them.");
        Add(RejectReason.Http09, 400, "http_09", "The request line has no version: HTTP/0.9 is not served.");
        Add(RejectReason.BadMethod, 400, "bad_method", "The method is not a token.");
        Add(RejectReason.MethodTooLong, 501, "method_too_long", "The method is longer than any that exists.");
        Add(RejectReason.TargetTooLong, 414, "target_too_long", "The request target is longer than allowed.");
        Add(RejectReason.BadVersion, 400, "bad_version", "The version is not of the form HTTP/1.1.");
        Add(RejectReason.UnsupportedVersion, 505, "unsupported_version", "The version is neither HTTP/1.0 nor HTTP/1.1.");
        Add(RejectReason.BadTargetForm, 400, "bad_target_form", "The request target is of no known form.");
        Add(RejectReason.AsteriskNotAllowed, 400, "asterisk_not_allowed", "The target \"*\" belongs to OPTIONS alone.");
        Add(RejectReason.BadConnectTarget, 400, "bad_connect_target", "CONNECT takes host:port as its target and nothing else.");
        Add(RejectReason.BadScheme, 400, "bad_scheme", "The scheme of the target is neither http nor https.");
        Add(RejectReason.BadTargetAuthority, 400, "bad_target_authority", "The authority in the target is not host[:port].");
        Add(RejectReason.UserInfoInTarget, 400, "user_info_in_target", "The authority in the target holds user information.");
        Add(RejectReason.FragmentInTarget, 400, "fragment_in_target", "The target holds a fragment.");
        Add(RejectReason.BadPathOctet, 400, "bad_path_octet", "The path holds an octet that must be percent-encoded.");
        Add(RejectReason.BadQueryOctet, 400, "bad_query_octet", "The query holds an octet that must be percent-encoded.");
        Add(RejectReason.BadPercentEncoding, 400, "bad_percent_encoding",
            "A percent sign in the path is not followed by two hexadecimal digits.");
        Add(RejectReason.EncodedControlOctet, 400, "encoded_control_octet", "The path holds a percent-encoded control octet.");
        Add(RejectReason.BackslashInPath, 400, "backslash_in_path", "The path holds a backslash, plain or percent-encoded.");
        Add(RejectReason.PathAboveRoot, 400, "path_above_root", "The path's dot segments lead above the root.");
        Add(RejectReason.MissingColon, 400, "missing_colon", "A field line has no colon.");
        Add(RejectReason.EmptyFieldName, 400, "empty_field_name", "A field line has no name.");
        Add(RejectReason.SpaceBeforeColon, 400, "space_before_colon", "White space stands between a field's name and its colon.");
        Add(RejectReason.BadFieldName, 400, "bad_field_name", "A field's name is not a token.");
        Add(RejectReason.LineFolding, 400, "line_folding", "A field line begins with white space: folded lines are refused.");
        Add(RejectReason.MissingHost, 400, "missing_host", "An HTTP/1.1 request has no Host field.");
        Add(RejectReason.RepeatedHost, 400, "repeated_host", "The request has more than one Host field.");
        Add(RejectReason.EmptyHost, 400, "empty_host", "Host is empty though the target names no authority.");
        Add(RejectReason.BadHost, 400, "bad_host", "Host is not host[:port].");
        Add(RejectReason.BadContentLength, 400, "bad_content_length", "Content-Length is not a number of octets.");
        Add(RejectReason.ConflictingContentLengths, 400, "conflicting_content_lengths",
            "Content-Length is there more than once with different values.");
        Add(RejectReason.BothLengths, 400, "both_lengths", "Transfer-Encoding and Content-Length are both there.");
        Add(RejectReason.TransferEncodingInHttp10, 400, "transfer_encoding_in_http_10", "An HTTP/1.0 message has Transfer-Encoding.");
        Add(RejectReason.RepeatedTransferEncoding, 400, "repeated_transfer_encoding", "There is more than one Transfer-Encoding field.");
        Add(RejectReason.BadTransferEncoding, 400, "bad_transfer_encoding",
            "Transfer-Encoding is not a list of transfer codings that ends in one chunked.");
        Add(RejectReason.UnknownTransferCoding, 501, "unknown_transfer_coding", "Transfer-Encoding names a coding besides chunked.");
        Add(RejectReason.ContentInConnect, 400, "content_in_connect", "A CONNECT request announces content.");
        Add(RejectReason.ContentInTrace, 400, "content_in_trace", "A TRACE request announces content.");
        Add(RejectReason.BadStatusLine, 502, "bad_status_line", "The response does not begin with a status line of HTTP/1.0 or HTTP/1.1.");
        Add(RejectReason.BadStatusCode, 502, "bad_status_code", "The status code is not three digits from 100 on.");
        Add(RejectReason.ContentInInterim, 502, "content_in_interim", "A 1xx response announces content.");
        Add(RejectReason.BadChunkSize, 400, "bad_chunk_size", "A chunk size is not a hexadecimal number followed by CRLF or an extension.");
        Add(RejectReason.ChunkSizeTooLarge, 400, "chunk_size_too_large", "A chunk size has too many digits.");
        Add(RejectReason.BadChunkExtension, 400, "bad_chunk_extension", "A chunk extension is malformed.");
        Add(RejectReason.ChunkExtensionsTooLarge, 400, "chunk_extensions_too_large", "Chunk lines hold more extensions than allowed.");
        Add(RejectReason.BadChunkEnd, 400, "bad_chunk_end", "A chunk's content is not followed by CRLF.");
        Add(RejectReason.TrailerTooLarge, 431, "trailer_too_large", "The trailer section is larger than allowed.");
        Add(RejectReason.TooManyTrailerFields, 431, "too_many_trailer_fields", "The trailer section has more fields than allowed.");
        Add(RejectReason.HeadTimeout, 408, "head_timeout", "The head did not arrive within limits.header_timeout.");
        Add(RejectReason.MalformedHttp2, 400, "malformed_http2", "An HTTP/2 message is malformed (RFC 9113 section 8.1.1).");
        Add(RejectReason.WrongScheme, 421, "wrong_scheme", "The target says https on a connection without TLS, or http on one with it.");
        return rows;
    }

    private sealed record Row(int Status, string Name, string Text);
}
