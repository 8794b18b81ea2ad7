using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>An issuer of certificates.</summary>
public sealed record AcmeIssuerConfig
{
    private static readonly Dictionary<string, string> _known = new(StringComparer.Ordinal)
    {
        ["letsencrypt"] = "https://acme-v02.api.letsencrypt.org/directory",
        ["letsencrypt-staging"] = "https://acme-staging-v02.api.letsencrypt.org/directory",
        ["zerossl"] = "https://acme.zerossl.com/v2/DV90",
        ["google"] = "https://dv.acme-v02.api.pki.goog/directory",
    };

    [Option("letsencrypt, letsencrypt-staging, zerossl, google, or the URL of a directory.", IsShorthand = true, IsRequired = true,
        Example = "letsencrypt")]
    [Syntax(Syntax.Text)]
    public string Directory { get; init; } = "";

    [Option("The file of the authority that the issuer's own server is verified by.", Default = "the system's")]
    [Syntax(Syntax.File)]
    public string? Ca { get; init; }

    [Option("The account at the issuer that certificates are bound to, where it wants one.", Default = "none")]
    public AcmeEabConfig? Eab { get; init; }

    /// <summary>The names of issuers that are known.</summary>
    public static IEnumerable<string> KnownNames => _known.Keys;

    /// <summary>The directory's URL; null for a name that is not known.</summary>
    public Uri? Url => Uri.TryCreate(_known.GetValueOrDefault(Directory, Directory), UriKind.Absolute, out Uri? url) ? url : null;

    /// <summary>Where it is written.</summary>
    public Position Position { get; init; } = Position.None;
}
