using Weir.Abstractions.Heads;

namespace Weir.Http.Http1;

/// <summary>What a response's head says about its message and its connection.</summary>
public struct ResponseFraming
{
    /// <summary>The length of the content; also set on the head.</summary>
    public BodyLength BodyLength { get; set; }

    /// <summary>Whether the connection may carry another exchange once this message was read whole (RFC 9112 section 9.3).</summary>
    public bool IsPersistent { get; set; }

    /// <summary>
    /// For how many seconds of idleness the server says it keeps the connection ("Keep-Alive: timeout=N"); -1 when it does not say.
    /// </summary>
    public int KeepAliveTimeoutSeconds { get; set; }
}
