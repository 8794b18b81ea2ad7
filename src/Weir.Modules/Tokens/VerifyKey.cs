using System.Security.Cryptography;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Tokens;

/// <summary>
/// A key that signatures are verified by. Any thread: what the platform's keys keep for themselves, each thread has its own of.
/// </summary>
#pragma warning disable CA1001 // Loops may still verify by a set of keys that was replaced: what the platform holds goes with the last of them.
internal sealed class VerifyKey
#pragma warning restore CA1001
{
    private readonly ThreadLocal<RSA>? _rsa;
    private readonly ThreadLocal<ECDsa>? _ecdsa;
    private readonly byte[] _octets = [];

    private VerifyKey(string keyType, string? curve, byte[] octets)
    {
        KeyType = keyType;
        Curve = curve;
        _octets = octets;
    }

    private VerifyKey(RSAParameters parameters)
    {
        KeyType = "RSA";
        _rsa = new ThreadLocal<RSA>(() => RSA.Create(parameters));
    }

    private VerifyKey(ECParameters parameters, string curve)
    {
        KeyType = "EC";
        Curve = curve;
        _ecdsa = new ThreadLocal<ECDsa>(() => ECDsa.Create(parameters));
    }

    /// <summary>`kty`.</summary>
    public string KeyType { get; }

    /// <summary>`crv`; null: no curve.</summary>
    public string? Curve { get; }

    /// <summary>`kid`; null: it has none.</summary>
    public string? Id { get; init; }

    /// <summary>What RFC 7638 makes of it, as bots name their keys; null: it is a secret.</summary>
    public string? Thumbprint { get; init; }

    /// <summary>The only algorithm that it is for; null: each of its kind.</summary>
    public string? Algorithm { get; init; }

    /// <summary>An RSA key.</summary>
    /// <exception cref="CryptographicException">It is none.</exception>
    public static VerifyKey OfRsa(RSAParameters parameters, KeyNames names)
    {
        VerifyKey key = new(parameters) { Id = names.Id, Thumbprint = names.Thumbprint, Algorithm = names.Algorithm };
        _ = key._rsa!.Value;
        return key;
    }

    /// <summary>A key on a curve.</summary>
    /// <exception cref="CryptographicException">The point is not on the curve.</exception>
    public static VerifyKey OfCurve(ECParameters parameters, string curve, KeyNames names)
    {
        VerifyKey key = new(parameters, curve) { Id = names.Id, Thumbprint = names.Thumbprint, Algorithm = names.Algorithm };
        _ = key._ecdsa!.Value;
        return key;
    }

    /// <summary>A key of Ed25519.</summary>
    public static VerifyKey OfEdwards(byte[] octets, KeyNames names) =>
        new(SignatureAlgorithm.Edwards, "Ed25519", octets) { Id = names.Id, Thumbprint = names.Thumbprint, Algorithm = names.Algorithm };

    /// <summary>A secret that both sides have.</summary>
    public static VerifyKey OfSecret(byte[] secret) => new(SignatureAlgorithm.Secret, null, secret);

    /// <summary>Whether it may be used with an algorithm: a key of one kind is never taken for one of another.</summary>
    public bool IsFor(SignatureAlgorithm algorithm) =>
        KeyType == algorithm.KeyType && Curve == algorithm.Curve && (Algorithm is null || Algorithm == algorithm.Name);

    /// <summary>Whether a signature is this key's.</summary>
    /// <param name="algorithm">An algorithm that it is for.</param>
    /// <param name="signed">What was signed.</param>
    /// <param name="signature">The signature.</param>
    /// <param name="edwards">Checks signatures of Ed25519; null: they cannot be.</param>
    public bool Verifies(SignatureAlgorithm algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature, IEd25519? edwards = null)
    {
        if (_rsa is not null)
        {
            return _rsa.Value!.VerifyData(signed, signature, algorithm.Hash, algorithm.Padding!);
        }

        if (_ecdsa is not null)
        {
            // RFC 7518 section 3.4, RFC 9421 section 3.3.4: two numbers of fixed length; anything else is no signature.
            return _ecdsa.Value!.VerifyData(signed, signature, algorithm.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }

        if (!algorithm.IsSecret)
        {
            return edwards?.Verifies(_octets, signed, signature) == true;
        }

        Span<byte> code = stackalloc byte[HMACSHA512.HashSizeInBytes];
        int length = CryptographicOperations.HmacData(algorithm.Hash, _octets, signed, code);
        return CryptographicOperations.FixedTimeEquals(code[..length], signature);
    }
}
