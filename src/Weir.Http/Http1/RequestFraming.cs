using Weir.Abstractions.Heads;

namespace Weir.Http.Http1;

/// <summary>What a request's head says about its message and its connection.</summary>
public struct RequestFraming
{
    /// <summary>The length of the content; also set on the head.</summary>
    public BodyLength BodyLength { get; set; }

    /// <summary>The form of the request target (RFC 9112 section 3.2).</summary>
    public TargetForm TargetForm { get; set; }

    /// <summary>
    /// Whether an absolute-form target said https. The connection, not this, decides the scheme; a difference is a reason for 421.
    /// </summary>
    public bool IsTargetHttps { get; set; }

    /// <summary>
    /// Whether the path can be read in more than one way by origins, so that routing must ask
    /// <see cref="Semantics.PathAmbiguity"/>.
    /// </summary>
    public bool HasAmbiguousPath { get; set; }

    /// <summary>Whether the connection may carry another request (RFC 9112 section 9.3).</summary>
    public bool IsPersistent { get; set; }

    /// <summary>
    /// Whether the client waits for 100 before it sends content (RFC 9110 section 10.1.1). False where there is no content.
    /// </summary>
    public bool ExpectsContinue { get; set; }

    /// <summary>Whether Expect holds anything but one 100-continue: answer 417.</summary>
    public bool HasUnknownExpect { get; set; }

    /// <summary>Whether the client can take trailers ("TE: trailers").</summary>
    public bool AcceptsTrailers { get; set; }

    /// <summary>Whether the client asks to switch protocols: Upgrade, nominated by Connection, in HTTP/1.1.</summary>
    public bool HasUpgrade { get; set; }
}
