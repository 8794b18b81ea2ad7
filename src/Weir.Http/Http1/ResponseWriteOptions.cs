using Weir.Abstractions.Heads;

namespace Weir.Http.Http1;

/// <summary>What a response says about its message and connection; fields of the head that say the same are not written.</summary>
public readonly struct ResponseWriteOptions
{
    /// <summary>Known, or none: Content-Length. Unknown: chunked, which HTTP/1.0 clients do not know. Until close: nothing.</summary>
    public BodyLength BodyLength { get; init; }

    /// <summary>
    /// Whether the message has no content by its nature and <see cref="BodyLength"/> is not written. A Content-Length that the head
    /// holds stays in answers to HEAD and in 304 (RFC 9110 section 8.6), and goes in 1xx and 204.
    /// </summary>
    public bool OmitFraming { get; init; }

    /// <summary>Whether the connection ends with this response.</summary>
    public bool Close { get; init; }

    /// <summary>Whether "Connection: keep-alive" is written, for an HTTP/1.0 client that asked for it.</summary>
    public bool KeepAlive { get; init; }

    /// <summary>Whether "Connection: upgrade" and the head's Upgrade field are written.</summary>
    public bool KeepUpgrade { get; init; }
}
