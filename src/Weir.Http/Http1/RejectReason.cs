namespace Weir.Http.Http1;

/// <summary>Why a message is refused; each has a row in <see cref="RejectReasons"/>.</summary>
public enum RejectReason : byte
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>A line feed stands without its carriage return.</summary>
    BareLineFeed,

    /// <summary>A carriage return stands without its line feed.</summary>
    BareCarriageReturn,

    /// <summary>A control octet stands in a line.</summary>
    ControlOctet,

    /// <summary>The head is larger than limits.header_size.</summary>
    HeadTooLarge,

    /// <summary>The head has more fields than limits.header_count.</summary>
    TooManyFields,

    /// <summary>The request line is empty.</summary>
    EmptyRequestLine,

    /// <summary>The request line is not method, target and version with one space between them.</summary>
    MalformedRequestLine,

    /// <summary>The request line has no version: HTTP/0.9 is not served.</summary>
    Http09,

    /// <summary>The method is not a token.</summary>
    BadMethod,

    /// <summary>The method is longer than any that exists.</summary>
    MethodTooLong,

    /// <summary>The request target is longer than allowed.</summary>
    TargetTooLong,

    /// <summary>The version is not of the form HTTP/1.1.</summary>
    BadVersion,

    /// <summary>The version is neither HTTP/1.0 nor HTTP/1.1.</summary>
    UnsupportedVersion,

    /// <summary>The request target is of no known form.</summary>
    BadTargetForm,

    /// <summary>The target "*" belongs to OPTIONS alone.</summary>
    AsteriskNotAllowed,

    /// <summary>CONNECT takes host:port as its target and nothing else.</summary>
    BadConnectTarget,

    /// <summary>The scheme of the target is neither http nor https.</summary>
    BadScheme,

    /// <summary>The authority in the target is not host[:port].</summary>
    BadTargetAuthority,

    /// <summary>The authority in the target holds user information.</summary>
    UserInfoInTarget,

    /// <summary>The target holds a fragment.</summary>
    FragmentInTarget,

    /// <summary>The path holds an octet that must be percent-encoded.</summary>
    BadPathOctet,

    /// <summary>The query holds an octet that must be percent-encoded.</summary>
    BadQueryOctet,

    /// <summary>A percent sign in the path is not followed by two hexadecimal digits.</summary>
    BadPercentEncoding,

    /// <summary>The path holds a percent-encoded control octet.</summary>
    EncodedControlOctet,

    /// <summary>The path holds a backslash, plain or percent-encoded.</summary>
    BackslashInPath,

    /// <summary>The path's dot segments lead above the root.</summary>
    PathAboveRoot,

    /// <summary>A field line has no colon.</summary>
    MissingColon,

    /// <summary>A field line has no name.</summary>
    EmptyFieldName,

    /// <summary>White space stands between a field's name and its colon.</summary>
    SpaceBeforeColon,

    /// <summary>A field's name is not a token.</summary>
    BadFieldName,

    /// <summary>A field line begins with white space: folded lines are refused.</summary>
    LineFolding,

    /// <summary>An HTTP/1.1 request has no Host field.</summary>
    MissingHost,

    /// <summary>The request has more than one Host field.</summary>
    RepeatedHost,

    /// <summary>Host is empty though the target names no authority.</summary>
    EmptyHost,

    /// <summary>Host is not host[:port].</summary>
    BadHost,

    /// <summary>Content-Length is not a number of octets.</summary>
    BadContentLength,

    /// <summary>Content-Length is there more than once with different values.</summary>
    ConflictingContentLengths,

    /// <summary>Transfer-Encoding and Content-Length are both there.</summary>
    BothLengths,

    /// <summary>An HTTP/1.0 message has Transfer-Encoding.</summary>
    TransferEncodingInHttp10,

    /// <summary>There is more than one Transfer-Encoding field.</summary>
    RepeatedTransferEncoding,

    /// <summary>Transfer-Encoding is not a list of transfer codings that ends in one chunked.</summary>
    BadTransferEncoding,

    /// <summary>Transfer-Encoding names a coding besides chunked.</summary>
    UnknownTransferCoding,

    /// <summary>A CONNECT request announces content.</summary>
    ContentInConnect,

    /// <summary>A TRACE request announces content.</summary>
    ContentInTrace,

    /// <summary>The response does not begin with a status line of HTTP/1.0 or HTTP/1.1.</summary>
    BadStatusLine,

    /// <summary>The status code is not three digits from 100 on.</summary>
    BadStatusCode,

    /// <summary>A 1xx response announces content.</summary>
    ContentInInterim,

    /// <summary>A chunk size is not a hexadecimal number followed by CRLF or an extension.</summary>
    BadChunkSize,

    /// <summary>A chunk size has too many digits.</summary>
    ChunkSizeTooLarge,

    /// <summary>A chunk extension is malformed.</summary>
    BadChunkExtension,

    /// <summary>Chunk lines hold more extensions than allowed.</summary>
    ChunkExtensionsTooLarge,

    /// <summary>A chunk's content is not followed by CRLF.</summary>
    BadChunkEnd,

    /// <summary>The trailer section is larger than allowed.</summary>
    TrailerTooLarge,

    /// <summary>The trailer section has more fields than allowed.</summary>
    TooManyTrailerFields,

    /// <summary>The head did not arrive within its time. The codec has no clock: its caller says so.</summary>
    HeadTimeout,

    /// <summary>An HTTP/2 message is malformed (RFC 9113 section 8.1.1).</summary>
    MalformedHttp2,

    /// <summary>The target's scheme is not the connection's. The codec knows no connection: its caller says so.</summary>
    WrongScheme,
}
