using System.Security.Cryptography;

namespace Weir.Modules;

/// <summary>A key that signatures are verified by. Any thread: what the platform's keys keep for themselves, each thread has its own of.</summary>
#pragma warning disable CA1001 // Loops may still verify by a set of keys that was replaced: what the platform holds goes with the last of them.
internal sealed class VerifyKey
#pragma warning restore CA1001
{
    private readonly ThreadLocal<RSA>? _rsa;
    private readonly ThreadLocal<ECDsa>? _ecdsa;
    private readonly byte[]? _secret;

    private VerifyKey(string keyType) => KeyType = keyType;

    private VerifyKey(RSAParameters parameters)
        : this("RSA") => _rsa = new ThreadLocal<RSA>(() => RSA.Create(parameters));

    private VerifyKey(ECParameters parameters, string curve)
        : this("EC")
    {
        Curve = curve;
        _ecdsa = new ThreadLocal<ECDsa>(() => ECDsa.Create(parameters));
    }

    private VerifyKey(byte[] secret)
        : this(JwtAlgorithm.Secret) => _secret = secret;

    /// <summary>`kty`.</summary>
    public string KeyType { get; }

    /// <summary>`crv`; null: no curve.</summary>
    public string? Curve { get; }

    /// <summary>`kid`; null: it has none.</summary>
    public string? Id { get; init; }

    /// <summary>The only algorithm that it is for; null: each of its kind.</summary>
    public string? Algorithm { get; init; }

    /// <summary>An RSA key.</summary>
    /// <exception cref="CryptographicException">It is none.</exception>
    public static VerifyKey OfRsa(RSAParameters parameters, string? id, string? algorithm)
    {
        VerifyKey key = new(parameters) { Id = id, Algorithm = algorithm };
        _ = key._rsa!.Value;
        return key;
    }

    /// <summary>A key on a curve.</summary>
    /// <exception cref="CryptographicException">The point is not on the curve.</exception>
    public static VerifyKey OfCurve(ECParameters parameters, string curve, string? id, string? algorithm)
    {
        VerifyKey key = new(parameters, curve) { Id = id, Algorithm = algorithm };
        _ = key._ecdsa!.Value;
        return key;
    }

    /// <summary>A secret that both sides have.</summary>
    public static VerifyKey OfSecret(byte[] secret) => new(secret);

    /// <summary>Whether it may be used with an algorithm: a key of one kind is never taken for one of another.</summary>
    public bool IsFor(JwtAlgorithm algorithm) =>
        KeyType == algorithm.KeyType && Curve == algorithm.Curve && (Algorithm is null || Algorithm == algorithm.Name);

    /// <summary>Whether a signature is this key's.</summary>
    public bool Verifies(JwtAlgorithm algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        if (_secret is not null)
        {
            Span<byte> code = stackalloc byte[HMACSHA512.HashSizeInBytes];
            int length = CryptographicOperations.HmacData(algorithm.Hash, _secret, signed, code);
            return CryptographicOperations.FixedTimeEquals(code[..length], signature);
        }

        // RFC 7518 section 3.4: two numbers of fixed length; anything else is no signature.
        return algorithm.Padding is { } padding
            ? _rsa!.Value!.VerifyData(signed, signature, algorithm.Hash, padding)
            : _ecdsa!.Value!.VerifyData(signed, signature, algorithm.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }
}
