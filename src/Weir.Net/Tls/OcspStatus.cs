namespace Weir.Net.Tls;

/// <summary>What an OCSP response says about a certificate (RFC 6960 section 2.2).</summary>
public enum OcspStatus : byte
{
    /// <summary>It cannot be used: not signed by who may, not about this certificate, or no response at all.</summary>
    Unusable,

    /// <summary>The certificate is good.</summary>
    Good,

    /// <summary>Its issuer has revoked it.</summary>
    Revoked,

    /// <summary>The responder does not know it.</summary>
    Unknown,
}
