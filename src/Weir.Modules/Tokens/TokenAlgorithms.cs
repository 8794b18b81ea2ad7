using System.Collections.Frozen;
using System.Security.Cryptography;

namespace Weir.Modules.Tokens;

/// <summary>The algorithms that sign tokens (RFC 7518 section 3.1).</summary>
internal static class TokenAlgorithms
{
    private static readonly FrozenDictionary<string, SignatureAlgorithm> _all = new SignatureAlgorithm[]
    {
        new("RS256", "RSA", HashAlgorithmName.SHA256, null, RSASignaturePadding.Pkcs1),
        new("RS384", "RSA", HashAlgorithmName.SHA384, null, RSASignaturePadding.Pkcs1),
        new("RS512", "RSA", HashAlgorithmName.SHA512, null, RSASignaturePadding.Pkcs1),
        new("PS256", "RSA", HashAlgorithmName.SHA256, null, RSASignaturePadding.Pss),
        new("PS384", "RSA", HashAlgorithmName.SHA384, null, RSASignaturePadding.Pss),
        new("PS512", "RSA", HashAlgorithmName.SHA512, null, RSASignaturePadding.Pss),
        new("ES256", "EC", HashAlgorithmName.SHA256, "P-256"),
        new("ES384", "EC", HashAlgorithmName.SHA384, "P-384"),
        new("ES512", "EC", HashAlgorithmName.SHA512, "P-521"),
        new("HS256", SignatureAlgorithm.Secret, HashAlgorithmName.SHA256),
        new("HS384", SignatureAlgorithm.Secret, HashAlgorithmName.SHA384),
        new("HS512", SignatureAlgorithm.Secret, HashAlgorithmName.SHA512),
    }.ToFrozenDictionary(algorithm => algorithm.Name, StringComparer.Ordinal);

    /// <summary>The names that are known.</summary>
    public static IEnumerable<string> Names => _all.Keys.Order(StringComparer.Ordinal);

    /// <summary>The algorithm of a name, compared with case; null: it is not known, as "none" is not.</summary>
    public static SignatureAlgorithm? Find(string name) => _all.GetValueOrDefault(name);
}
