namespace Weir.Net.Tls;

/// <summary>How an origin's TLS is used. Immutable.</summary>
public sealed record TlsClientOptions
{
    /// <summary>The name that is sent and verified; an IP address is verified and not sent (RFC 6066 section 3).</summary>
    public required string ServerName { get; init; }

    /// <summary>The authorities, in PEM; null: the system's.</summary>
    public byte[]? Authorities { get; init; }

    /// <summary>What Weir shows; null: nothing.</summary>
    public TlsCertificate? Certificate { get; init; }

    /// <summary>Whether nothing is verified. Whoever sets it says so to the operator.</summary>
    public bool IsInsecure { get; init; }

    /// <summary>Application protocols that are offered.</summary>
    public AlpnProtocols Protocols { get; init; } = AlpnProtocols.Http1;
}
