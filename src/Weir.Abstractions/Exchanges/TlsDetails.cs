namespace Weir.Abstractions.Exchanges;

/// <summary>What a client's TLS handshake agreed on. Immutable.</summary>
public sealed class TlsDetails
{
    /// <summary>"TLSv1.3" or "TLSv1.2".</summary>
    public required string Version { get; init; }

    /// <summary>The cipher suite by its registered name, such as "TLS_AES_128_GCM_SHA256".</summary>
    public required string Cipher { get; init; }

    /// <summary>The host that the client asked for (SNI), as sent; null when it sent none.</summary>
    public string? ServerName { get; init; }

    /// <summary>Whether an earlier session was resumed.</summary>
    public bool IsResumed { get; init; }

    /// <summary>Whether HTTP/2 was agreed on (ALPN).</summary>
    public bool IsHttp2 { get; init; }

    /// <summary>The client's certificate (DER), verified; null when it showed none.</summary>
    public byte[]? ClientCertificate { get; init; }

    /// <summary>The policy of the site that the handshake was made for.</summary>
    public required TlsPolicy Policy { get; init; }
}
