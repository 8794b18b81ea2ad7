using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>A site's certificate.</summary>
[OptionRule(OptionRule.Together, "certificate", "key")]
[OptionRule(OptionRule.AtMostOne, "mode", "certificate", "certificates")]
public sealed record SiteTlsConfig
{
    [Option("auto (by ACME, or by Weir's own authority where no public one could) or off.", IsShorthand = true, Default = "auto for a public host when a listener has TLS, else off")]
    public SiteTlsMode? Mode { get; init; }

    [Option("The file of the certificate chain.", Default = "none")]
    [Syntax(Syntax.File)]
    public string? Certificate { get; init; }

    [Option("The file of the certificate's key.", Default = "none", IsSecretFile = true)]
    [Syntax(Syntax.File)]
    public string? Key { get; init; }

    [Option("Several certificates; the client's abilities decide.")]
    public IReadOnlyList<CertificateConfig> Certificates { get; init; } = [];

    [Option("The file of the authorities whose client certificates are accepted.", Default = "none")]
    [Syntax(Syntax.File)]
    public string? ClientCa { get; init; }

    [Option("Whether a client must show a certificate.", Default = "required where client_ca is given")]
    public ClientAuth? ClientAuth { get; init; }

    [Option("Whether origins get the authorities between the client's certificate and its root too, in Client-Cert-Chain (RFC 9440). Sessions are then "
        + "not resumed: a resumed one knows the client's own certificate only.", Default = "false")]
    public bool? ClientCertChain { get; init; }

    [Option("Whether an OCSP response is fetched and stapled where the certificate names a responder.", Default = "true")]
    public bool? Staple { get; init; }

    /// <summary>Whether files are named.</summary>
    public bool NamesFiles => Certificate is not null || Certificates.Count > 0;

    /// <summary>Where it is written.</summary>
    public Position Position { get; init; } = Position.None;
}
