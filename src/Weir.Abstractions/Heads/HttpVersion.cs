namespace Weir.Abstractions.Heads;

/// <summary>The protocol version of a message.</summary>
public enum HttpVersion : byte
{
    /// <summary>HTTP/1.0.</summary>
    Http10 = 10,

    /// <summary>HTTP/1.1.</summary>
    Http11 = 11,

    /// <summary>HTTP/2.</summary>
    Http2 = 20,

    /// <summary>HTTP/3.</summary>
    Http3 = 30,
}
