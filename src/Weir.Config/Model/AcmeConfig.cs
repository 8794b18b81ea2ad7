using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>Certificates by ACME (RFC 8555).</summary>
public sealed record AcmeConfig
{
    [Option("Whom the issuer may write to.", Default = "none")]
    [Syntax(Syntax.Text)]
    public string? Email { get; init; }

    [Option("Issuers in order of preference, by name or directory URL: the next is asked when one fails.",
        Default = "[letsencrypt], and zerossl where `email` is given", Example = "[letsencrypt, zerossl]")]
    public IReadOnlyList<AcmeIssuerConfig> Issuers { get; init; } = [];

    [Option("How names are proved, in order of preference.", Default = "[dns] where `dns` is given, else [http, tls_alpn]", Example = "[tls_alpn]")]
    public IReadOnlyList<AcmeChallenge> Challenges { get; init; } = [];

    [Option("Certificates for names that no site names, on their first handshake.", Default = "none")]
    public AcmeOnDemandConfig? OnDemand { get; init; }

    [Option("Proof by DNS records, needed for wildcards.", Default = "none")]
    public AcmeDnsConfig? Dns { get; init; }

    /// <summary>The challenges to use, with the default in its place.</summary>
    public IReadOnlyList<AcmeChallenge> EffectiveChallenges =>
        Challenges.Count > 0 ? Challenges : Dns is not null ? [AcmeChallenge.Dns] : [AcmeChallenge.Http, AcmeChallenge.TlsAlpn];

    /// <summary>The issuers to use, with the default in its place.</summary>
    public IReadOnlyList<AcmeIssuerConfig> EffectiveIssuers => Issuers.Count > 0 ? Issuers
        : Email is null ? [new AcmeIssuerConfig { Directory = "letsencrypt" }]
        : [new AcmeIssuerConfig { Directory = "letsencrypt" }, new AcmeIssuerConfig { Directory = "zerossl" }];

    /// <summary>Where it is written.</summary>
    public Position Position { get; init; } = Position.None;
}
