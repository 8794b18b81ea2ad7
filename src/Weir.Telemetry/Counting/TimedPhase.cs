namespace Weir.Telemetry.Counting;

/// <summary>What the duration histograms measure.</summary>
public enum TimedPhase
{
    /// <summary>From the first octet of the request to the last of the response.</summary>
    Total,

    /// <summary>Receiving the request's head.</summary>
    Head,

    /// <summary>Request modules, routing, and waiting for a place at a server.</summary>
    Queue,

    /// <summary>Connecting to the origin.</summary>
    Connect,

    /// <summary>Sending the request's head.</summary>
    Send,

    /// <summary>Waiting for the response's head.</summary>
    Wait,

    /// <summary>Receiving the response's content and sending it to the client.</summary>
    Body,

    /// <summary>A client's TLS handshake, from its ClientHello on.</summary>
    TlsClient,

    /// <summary>A TLS handshake with an origin server.</summary>
    TlsOrigin,

    /// <summary>One past the last phase.</summary>
    Count,
}
