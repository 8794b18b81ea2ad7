namespace Weir.Abstractions.Errors;

/// <summary>How far an exchange had come.</summary>
public enum Phase : byte
{
    /// <summary>Receiving the request's head.</summary>
    Head,

    /// <summary>Running the request modules and routing.</summary>
    Modules,

    /// <summary>Picking a server and waiting for a place there.</summary>
    Queue,

    /// <summary>Connecting to the origin.</summary>
    Connect,

    /// <summary>Sending the request to the origin.</summary>
    Send,

    /// <summary>Waiting for the origin's response head.</summary>
    Wait,

    /// <summary>Receiving the response's content and sending it to the client.</summary>
    Body,

    /// <summary>An established tunnel (WebSocket and other upgrades).</summary>
    Tunnel,

    /// <summary>Everything was sent.</summary>
    Done,
}
