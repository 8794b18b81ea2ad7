using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>External account binding (RFC 8555 section 7.3.4).</summary>
public sealed record AcmeEabConfig
{
    [Option("The key's identifier, as the issuer gave it.", IsRequired = true)]
    [Syntax(Syntax.Text)]
    public string KeyId { get; init; } = "";

    [Option("The file that holds the key, in base64url as the issuer gave it.", IsRequired = true, IsSecretFile = true)]
    [Syntax(Syntax.File)]
    public string KeyFile { get; init; } = "";

    /// <summary>Where it is written.</summary>
    public Position Position { get; init; } = Position.None;
}
