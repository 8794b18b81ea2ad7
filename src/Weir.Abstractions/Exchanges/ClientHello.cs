namespace Weir.Abstractions.Exchanges;

/// <summary>The TLS ClientHello as received, for modules of the connection moment.</summary>
public readonly ref struct ClientHello
{
    /// <summary>Refers to a received ClientHello.</summary>
    public ClientHello(ConnectionInfo connection, ReadOnlySpan<byte> message)
    {
        Connection = connection;
        Message = message;
    }

    /// <summary>The connection.</summary>
    public ConnectionInfo Connection { get; }

    /// <summary>The handshake message (RFC 8446 section 4.1.2), without the record header.</summary>
    public ReadOnlySpan<byte> Message { get; }
}
