namespace Weir.Net.Tls;

/// <summary>What of a ClientHello decides about its session. Refers to the message.</summary>
public readonly ref struct ClientHelloFacts
{
    /// <summary>Refers to parts of a message.</summary>
    public ClientHelloFacts(ReadOnlySpan<byte> serverName, ReadOnlySpan<byte> protocols)
    {
        ServerName = serverName;
        Protocols = protocols;
    }

    /// <summary>The host that the client wants (RFC 6066 section 3), as sent; empty without.</summary>
    public ReadOnlySpan<byte> ServerName { get; }

    /// <summary>The list of ALPN names (RFC 7301 section 3.1), each behind its length; empty without.</summary>
    public ReadOnlySpan<byte> Protocols { get; }

    /// <summary>Whether an ACME server asks for its challenge (RFC 8737 section 3): that protocol and no other.</summary>
    public bool IsAcmeChallenge => Protocols.SequenceEqual("\u000Aacme-tls/1"u8);
}
