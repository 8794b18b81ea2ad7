using Weir.Abstractions.Heads;

namespace Weir.Http.Http2;

/// <summary>What a request over HTTP/2 says besides what stands in its head.</summary>
public readonly struct RequestBlockOptions
{
    /// <summary>The length of the content; told where it is known.</summary>
    public BodyLength BodyLength { get; init; }

    /// <summary>Whether it is an extended CONNECT for the protocol of the head's Upgrade (RFC 8441).</summary>
    public bool IsTunnel { get; init; }

    /// <summary>":scheme": whether the connection is secure.</summary>
    public bool IsHttps { get; init; }

    /// <summary>Whether "te: trailers" is written, for a client that said so.</summary>
    public bool SendTeTrailers { get; init; }

    /// <summary>Whether path and query go as they were received instead of as normalised.</summary>
    public bool UseRawTarget { get; init; }
}
