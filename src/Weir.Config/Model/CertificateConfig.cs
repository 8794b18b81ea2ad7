using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>A certificate and its key.</summary>
public sealed record CertificateConfig
{
    [Option("The file of the certificate chain.", IsRequired = true)]
    [Syntax(Syntax.File)]
    public string Certificate { get; init; } = "";

    [Option("The file of the certificate's key.", IsRequired = true, IsSecretFile = true)]
    [Syntax(Syntax.File)]
    public string Key { get; init; } = "";
}
