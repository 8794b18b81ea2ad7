using System.Collections.Frozen;
using System.Security.Cryptography;

namespace Weir.Modules;

/// <summary>An algorithm of signatures (RFC 7518 section 3.1).</summary>
/// <param name="Name">Its registered name.</param>
/// <param name="KeyType">The `kty` that keys for it have.</param>
/// <param name="Hash">The digest that is signed.</param>
/// <param name="Curve">The `crv` that keys for it have; null: no curve.</param>
/// <param name="Padding">The padding of RSA; null: none.</param>
internal sealed record JwtAlgorithm(string Name, string KeyType, HashAlgorithmName Hash, string? Curve, RSASignaturePadding? Padding)
{
    /// <summary>The `kty` of a secret that both sides have.</summary>
    public const string Secret = "oct";

    private static readonly FrozenDictionary<string, JwtAlgorithm> _all = new JwtAlgorithm[]
    {
        new("RS256", "RSA", HashAlgorithmName.SHA256, null, RSASignaturePadding.Pkcs1),
        new("RS384", "RSA", HashAlgorithmName.SHA384, null, RSASignaturePadding.Pkcs1),
        new("RS512", "RSA", HashAlgorithmName.SHA512, null, RSASignaturePadding.Pkcs1),
        new("PS256", "RSA", HashAlgorithmName.SHA256, null, RSASignaturePadding.Pss),
        new("PS384", "RSA", HashAlgorithmName.SHA384, null, RSASignaturePadding.Pss),
        new("PS512", "RSA", HashAlgorithmName.SHA512, null, RSASignaturePadding.Pss),
        new("ES256", "EC", HashAlgorithmName.SHA256, "P-256", null),
        new("ES384", "EC", HashAlgorithmName.SHA384, "P-384", null),
        new("ES512", "EC", HashAlgorithmName.SHA512, "P-521", null),
        new("HS256", Secret, HashAlgorithmName.SHA256, null, null),
        new("HS384", Secret, HashAlgorithmName.SHA384, null, null),
        new("HS512", Secret, HashAlgorithmName.SHA512, null, null),
    }.ToFrozenDictionary(algorithm => algorithm.Name, StringComparer.Ordinal);

    /// <summary>Whether it is for a secret that both sides have.</summary>
    public bool IsSecret => KeyType == Secret;

    /// <summary>The names that are known.</summary>
    public static IEnumerable<string> Names => _all.Keys.Order(StringComparer.Ordinal);

    /// <summary>The algorithm of a name, compared with case; null: it is not known, as "none" is not.</summary>
    public static JwtAlgorithm? Find(string name) => _all.GetValueOrDefault(name);
}
