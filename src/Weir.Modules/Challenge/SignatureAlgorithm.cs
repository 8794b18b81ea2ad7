using System.Security.Cryptography;

namespace Weir.Modules.Challenge;

/// <summary>An algorithm of signatures (RFC 9421 section 6.2.2).</summary>
/// <param name="Name">Its registered name.</param>
/// <param name="KeyType">The kind of key that it needs, as `kty` and, of curves, `crv` name it.</param>
/// <param name="Hash">The digest that is signed; Ed25519 has its own.</param>
/// <param name="Padding">The padding of RSA; null: none.</param>
internal sealed record SignatureAlgorithm(string Name, string KeyType, HashAlgorithmName Hash, RSASignaturePadding? Padding = null)
{
    /// <summary>The `kty` of a secret that both sides have.</summary>
    public const string Secret = "oct";

    private static readonly SignatureAlgorithm[] _all =
    [
        new("ed25519", "Ed25519", default),
        new("rsa-pss-sha512", "RSA", HashAlgorithmName.SHA512, RSASignaturePadding.Pss),
        new("rsa-v1_5-sha256", "RSA", HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        new("ecdsa-p256-sha256", "P-256", HashAlgorithmName.SHA256),
        new("ecdsa-p384-sha384", "P-384", HashAlgorithmName.SHA384),
        new("hmac-sha256", Secret, HashAlgorithmName.SHA256),
    ];

    /// <summary>Whether it is for a secret that both sides have.</summary>
    public bool IsSecret => KeyType == Secret;

    /// <summary>The names that are known.</summary>
    public static IEnumerable<string> Names => _all.Select(each => each.Name);

    /// <summary>The algorithm of a name; null: it is not known.</summary>
    public static SignatureAlgorithm? Find(string name) => Array.Find(_all, each => each.Name == name);
}
