using System.Security.Cryptography;

namespace Weir.Modules.Tokens;

/// <summary>An algorithm of signatures.</summary>
/// <param name="Name">Its registered name.</param>
/// <param name="KeyType">The `kty` that keys for it have.</param>
/// <param name="Hash">The digest that is signed; Ed25519 has its own.</param>
/// <param name="Curve">The `crv` that keys for it have; null: no curve.</param>
/// <param name="Padding">The padding of RSA; null: none.</param>
internal sealed record SignatureAlgorithm(
    string Name, string KeyType, HashAlgorithmName Hash, string? Curve = null, RSASignaturePadding? Padding = null)
{
    /// <summary>The `kty` of a secret that both sides have.</summary>
    public const string Secret = "oct";

    /// <summary>The `kty` of keys on curves of Edwards' form (RFC 8037).</summary>
    public const string Edwards = "OKP";

    /// <summary>Whether it is for a secret that both sides have.</summary>
    public bool IsSecret => KeyType == Secret;
}
