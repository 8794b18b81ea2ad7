using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>Certificates by ACME (RFC 8555).</summary>
public sealed record AcmeConfig
{
    [Option("Whom the issuer may write to.", Default = "none")]
    [Syntax(Syntax.Text)]
    public string? Email { get; init; }

    [Option("Issuers in order of preference: names or directory URLs.")]
    [Syntax(Syntax.Text)]
    public IReadOnlyList<string> Issuers { get; init; } = ["letsencrypt", "zerossl"];

    [Option("Certificates for names that no site names, on their first handshake.")]
    public AcmeOnDemandConfig? OnDemand { get; init; }

    [Option("Proof by DNS records, needed for wildcards.")]
    public AcmeDnsConfig? Dns { get; init; }

    /// <summary>Where it is written.</summary>
    public Position Position { get; init; } = Position.None;
}
