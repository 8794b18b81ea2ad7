using Weir.Abstractions.Heads;

namespace Weir.Http.Http1;

/// <summary>What a request says about its message and connection; fields of the head that say the same are not written.</summary>
public readonly struct RequestWriteOptions
{
    /// <summary>
    /// None: no framing field, but "Content-Length: 0" for POST, PUT, PATCH and QUERY (RFC 9110 section 8.6). Known: Content-Length.
    /// Unknown: chunked, which HTTP/1.0 does not have.
    /// </summary>
    public BodyLength BodyLength { get; init; }

    /// <summary>Whether the connection ends with this exchange.</summary>
    public bool Close { get; init; }

    /// <summary>Whether "Connection: upgrade" and the head's Upgrade field are written.</summary>
    public bool KeepUpgrade { get; init; }

    /// <summary>Whether "TE: trailers" is written, for a client that takes trailers.</summary>
    public bool SendTeTrailers { get; init; }

    /// <summary>Whether path and query go as they were received instead of as normalised.</summary>
    public bool UseRawTarget { get; init; }

    /// <summary>Whether the request says HTTP/1.0, and asks for a lasting connection unless <see cref="Close"/> is set.</summary>
    public bool Http10 { get; init; }
}
