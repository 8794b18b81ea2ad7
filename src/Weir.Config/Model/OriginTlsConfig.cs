using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>TLS towards an origin.</summary>
[OptionRule(OptionRule.Together, "certificate", "key")]
public sealed record OriginTlsConfig
{
    [Option("The file of the authorities that are trusted.", Default = "the system's")]
    [Syntax(Syntax.File)]
    public string? Ca { get; init; }

    [Option("The name that is sent and verified.", Default = "the URL's host")]
    [Syntax(Syntax.Text)]
    public string? ServerName { get; init; }

    [Option("The file of the certificate that Weir shows.", Default = "none")]
    [Syntax(Syntax.File)]
    public string? Certificate { get; init; }

    [Option("The file of that certificate's key.", Default = "none", IsSecretFile = true)]
    [Syntax(Syntax.File)]
    public string? Key { get; init; }

    [Option("Whether the server's certificate is not verified at all: only for tests.")]
    public bool Insecure { get; init; }

    /// <summary>Where it is written.</summary>
    public Position Position { get; init; } = Position.None;
}
