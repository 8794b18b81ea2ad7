namespace Weir.Net.Tls;

/// <summary>Why a handshake or a session ended before its time.</summary>
public enum TlsFailure : byte
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>The peer ended or reset the connection in the middle.</summary>
    PeerGone,

    /// <summary>The peer was too slow.</summary>
    TimedOut,

    /// <summary>The peer sent a fatal alert: it did not like what it saw, such as the certificate.</summary>
    PeerAlert,

    /// <summary>No TLS version in common.</summary>
    Version,

    /// <summary>No cipher, group or signature algorithm in common.</summary>
    Parameters,

    /// <summary>No application protocol in common (RFC 7301).</summary>
    ApplicationProtocol,

    /// <summary>The peer showed no certificate, and had to.</summary>
    CertificateMissing,

    /// <summary>The peer's certificate is not trusted, has another name, or is out of its time.</summary>
    CertificateRefused,

    /// <summary>What came is not TLS, or breaks its rules.</summary>
    Protocol,

    /// <summary>OpenSSL failed by itself.</summary>
    Internal,
}
