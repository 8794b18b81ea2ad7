using Weir.Abstractions.Exchanges;

namespace Weir.Net.Tls;

/// <summary>What a site's TLS is like. Immutable.</summary>
public sealed record TlsServerOptions
{
    /// <summary>Certificates; the client's abilities decide between an ECDSA and an RSA one. The first is the default.</summary>
    public required IReadOnlyList<TlsCertificate> Certificates { get; init; }

    /// <summary>The authorities, in PEM, whose client certificates are accepted; null: none is asked for.</summary>
    public byte[]? ClientAuthorities { get; init; }

    /// <summary>Whether a client must show a certificate, where <see cref="ClientAuthorities"/> is given.</summary>
    public bool RequiresClientCertificate { get; init; }

    /// <summary>
    /// The site, as exchanges see it. Sessions are resumed only where its name and its policy towards clients are the same.
    /// </summary>
    public required TlsPolicy Policy { get; init; }

    /// <summary>Server names, in lower case, such as "example.com" or "*.example.com".</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Whether OCSP responses are fetched for the certificates, and shown.</summary>
    public bool IsStapled { get; init; } = true;

    /// <summary>Which of several certificates of a site, each for other names, it is; null: the site has one for all.</summary>
    public string? Part { get; init; }

    /// <summary>
    /// Whether each name has a certificate of its own, which <see cref="TlsSiteHolder.ByName"/> finds: the ones here only stand in.
    /// </summary>
    public bool AsksByName { get; init; }

    /// <summary>What it is known by across reloads.</summary>
    internal (string Site, string? Part) Key => (Policy.Site, Part);
}
