namespace Weir.Net.Tls;

/// <summary>Application protocols that a handshake may agree on (RFC 7301); h2 is preferred.</summary>
[Flags]
public enum AlpnProtocols : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>"http/1.1".</summary>
    Http1 = 1,

    /// <summary>"h2".</summary>
    Http2 = 2,

    /// <summary>"acme-tls/1" (RFC 8737), and nothing else.</summary>
    AcmeChallenge = 4,
}
