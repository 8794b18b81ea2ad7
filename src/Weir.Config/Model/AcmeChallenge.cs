namespace Weir.Config.Model;

/// <summary>A way to prove a name to an issuer.</summary>
public enum AcmeChallenge
{
    /// <summary>HTTP-01 (RFC 8555 section 8.3): a file on port 80.</summary>
    Http,

    /// <summary>TLS-ALPN-01 (RFC 8737): a certificate on port 443.</summary>
    TlsAlpn,

    /// <summary>DNS-01 (RFC 8555 section 8.4): a TXT record.</summary>
    Dns,
}
