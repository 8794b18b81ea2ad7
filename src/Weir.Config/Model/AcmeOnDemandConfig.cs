using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>Certificates on the first handshake of a name.</summary>
public sealed record AcmeOnDemandConfig
{
    [Option("The URL that is asked whether a name may have a certificate; 200 says yes.", IsRequired = true)]
    [Syntax(Syntax.HttpUrl)]
    public string Ask { get; init; } = "";
}
