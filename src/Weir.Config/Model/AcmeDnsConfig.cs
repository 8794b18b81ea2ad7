using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>Proof by DNS records.</summary>
public sealed record AcmeDnsConfig
{
    [Option("The program that sets and removes the record.", IsRequired = true)]
    [Syntax(Syntax.File)]
    public string Exec { get; init; } = "";
}
