using System.Security.Cryptography;
using Weir.Modules.Tokens;

namespace Weir.Modules.Challenge;

/// <summary>The algorithms that sign messages (RFC 9421 section 6.2.2).</summary>
internal static class MessageAlgorithms
{
    private static readonly SignatureAlgorithm[] _all =
    [
        new("ed25519", SignatureAlgorithm.Edwards, default, "Ed25519"),
        new("rsa-pss-sha512", "RSA", HashAlgorithmName.SHA512, null, RSASignaturePadding.Pss),
        new("rsa-v1_5-sha256", "RSA", HashAlgorithmName.SHA256, null, RSASignaturePadding.Pkcs1),
        new("ecdsa-p256-sha256", "EC", HashAlgorithmName.SHA256, "P-256"),
        new("ecdsa-p384-sha384", "EC", HashAlgorithmName.SHA384, "P-384"),
        new("hmac-sha256", SignatureAlgorithm.Secret, HashAlgorithmName.SHA256),
    ];

    /// <summary>The names that are known.</summary>
    public static IEnumerable<string> Names => _all.Select(each => each.Name);

    /// <summary>The algorithm of a name; null: it is not known.</summary>
    public static SignatureAlgorithm? Find(string name) => Array.Find(_all, each => each.Name == name);
}
