// Hot: every request over TLS asks whether its connection may serve its site.
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Abstractions.Exchanges;

/// <summary>What a client's TLS handshake agreed on. It belongs to the connection's loop.</summary>
public sealed class TlsDetails
{
    private FrozenDictionary<string, TlsPolicy>? _approvedBy;
    private string? _approvedSite;
    private string? _clientSubject;
    private string? _clientFingerprint;

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

    /// <summary>What was agreed on by ALPN: "h2" or "http/1.1"; null when the client asked for nothing.</summary>
    public string? Protocol { get; init; }

    /// <summary>The client's certificate (DER), verified; null when it showed none.</summary>
    public byte[]? ClientCertificate { get; init; }

    /// <summary>
    /// The authorities between that certificate and its root (DER), as they were verified, the one that signed it first; empty unless the
    /// site tells origins of them.
    /// </summary>
    public IReadOnlyList<byte[]> ClientChain { get; init; } = [];

    /// <summary>Whom that certificate names (RFC 4514); null without. Read when it is first asked for.</summary>
    public string? ClientSubject => ClientCertificate is null ? null : _clientSubject ??= SubjectOf(ClientCertificate);

    /// <summary>SHA-256 of that certificate, in hexadecimal; null without.</summary>
    public string? ClientFingerprint =>
        ClientCertificate is null ? null : _clientFingerprint ??= Convert.ToHexStringLower(SHA256.HashData(ClientCertificate));

    /// <summary>The policy of the site that the handshake was made for.</summary>
    public required TlsPolicy Policy { get; init; }

    /// <summary>The policies of all sites, as they are when asked.</summary>
    public required TlsPolicies Policies { get; init; }

    /// <summary>
    /// Whether a request for a site may be served on this connection (RFC 9110 section 15.5.20): not where the site asks other things of
    /// clients' certificates than the handshake did, and not where the client named another site whose certificate is not good for this
    /// host.
    /// </summary>
    /// <param name="site">The key of the site that has the request's host.</param>
    /// <param name="host">The request's host, without port.</param>
    public bool MayServe(string site, ReadOnlySpan<byte> host)
    {
        FrozenDictionary<string, TlsPolicy> now = Policies.Current;
        return (ReferenceEquals(site, _approvedSite) && ReferenceEquals(now, _approvedBy)) || Judge(site, host, now);
    }

    private static string SubjectOf(byte[] certificate)
    {
        using X509Certificate2 read = X509CertificateLoader.LoadCertificate(certificate);
        return read.Subject;
    }

    private bool Judge(string site, ReadOnlySpan<byte> host, FrozenDictionary<string, TlsPolicy> now)
    {
        now.TryGetValue(site, out TlsPolicy? wanted);
        if ((wanted?.Clients ?? "") != Policy.Clients)
        {
            return false;
        }

        if (wanted is not null && wanted.Site != Policy.Site && ServerName is not null)
        {
            // This depends on the host: another one of the same site is judged by itself.
            return wanted.Certificate == Policy.Certificate || Policy.Covers(host);
        }

        _approvedBy = now;
        _approvedSite = site;
        return true;
    }
}
