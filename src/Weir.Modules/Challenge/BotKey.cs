using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Challenge;

/// <summary>A key that a bot signs with. Any thread: what the platform's keys keep for themselves, each thread has its own of.</summary>
#pragma warning disable CA1001 // Loops may still verify by keys that were replaced: what the platform holds goes with the last of them.
internal sealed class BotKey
#pragma warning restore CA1001
{
    private const int LeastRsaOctets = 2048 / 8;
    private const int MostRsaOctets = 8192 / 8;
    private const int EdwardsOctets = 32;

    private readonly ThreadLocal<RSA>? _rsa;
    private readonly ThreadLocal<ECDsa>? _curve;
    private readonly byte[] _octets = [];

    private BotKey(string type, byte[] octets)
    {
        Type = type;
        _octets = octets;
    }

    private BotKey(RSAParameters key)
    {
        Type = "RSA";
        _rsa = new ThreadLocal<RSA>(() => RSA.Create(key));
        _ = _rsa.Value;
    }

    private BotKey(string curve, ECParameters key)
    {
        Type = curve;
        _curve = new ThreadLocal<ECDsa>(() => ECDsa.Create(key));
        _ = _curve.Value;
    }

    /// <summary>The kind of key, as algorithms name it.</summary>
    public string Type { get; }

    /// <summary>`kid`; null: it has none.</summary>
    public string? Id { get; private init; }

    /// <summary>What RFC 7638 makes of it, as bots name their keys; null: it is a secret.</summary>
    public string? Thumbprint { get; private init; }

    /// <summary>A secret that both sides have.</summary>
    public static BotKey OfSecret(byte[] secret) => new(SignatureAlgorithm.Secret, secret);

    /// <summary>A public key of a key set (RFC 7517, RFC 8037); null: none that can be used.</summary>
    public static BotKey? Read(JsonElement jwk)
    {
        if (jwk.ValueKind != JsonValueKind.Object || Text(jwk, "use") is not (null or "sig"))
        {
            return null;
        }

        try
        {
            return (Text(jwk, "kty"), Text(jwk, "crv")) switch
            {
                ("OKP", "Ed25519") => ReadEdwards(jwk),
                ("EC", "P-256") => ReadCurve(jwk, "P-256", ECCurve.NamedCurves.nistP256),
                ("EC", "P-384") => ReadCurve(jwk, "P-384", ECCurve.NamedCurves.nistP384),
                ("RSA", _) => ReadRsa(jwk),
                _ => null,
            };
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Whether it is meant by a name, and may be used with an algorithm.</summary>
    public bool IsFor(SignatureAlgorithm algorithm, string id) =>
        Type == algorithm.KeyType && (Type == SignatureAlgorithm.Secret || Id == id || Thumbprint == id);

    /// <summary>Whether a signature is this key's.</summary>
    public bool Verifies(SignatureAlgorithm algorithm, IEd25519? edwards, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (_rsa is not null)
        {
            return _rsa.Value!.VerifyData(message, signature, algorithm.Hash, algorithm.Padding!);
        }

        if (_curve is not null)
        {
            // RFC 9421 section 3.3.4: two numbers of fixed length.
            return _curve.Value!.VerifyData(message, signature, algorithm.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }

        if (Type != SignatureAlgorithm.Secret)
        {
            return edwards?.Verifies(_octets, message, signature) == true;
        }

        Span<byte> code = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_octets, message, code);
        return CryptographicOperations.FixedTimeEquals(code, signature);
    }

    private static BotKey? ReadEdwards(JsonElement jwk) => Octets(jwk, "x") is { Length: EdwardsOctets } key
        ? new BotKey("Ed25519", key)
        {
            Id = Text(jwk, "kid"),
            Thumbprint = Digest($$"""{"crv":"Ed25519","kty":"OKP","x":"{{Text(jwk, "x")}}"}"""),
        }
        : null;

    private static BotKey? ReadCurve(JsonElement jwk, string name, ECCurve curve) => Octets(jwk, "x") is { } x && Octets(jwk, "y") is { } y
        ? new BotKey(name, new ECParameters { Curve = curve, Q = new ECPoint { X = x, Y = y } })
        {
            Id = Text(jwk, "kid"),
            Thumbprint = Digest($$"""{"crv":"{{name}}","kty":"EC","x":"{{Text(jwk, "x")}}","y":"{{Text(jwk, "y")}}"}"""),
        }
        : null;

    private static BotKey? ReadRsa(JsonElement jwk) =>
        Octets(jwk, "n") is { Length: >= LeastRsaOctets and <= MostRsaOctets } modulus && Octets(jwk, "e") is { Length: <= 8 } exponent
            ? new BotKey(new RSAParameters { Modulus = modulus, Exponent = exponent })
            {
                Id = Text(jwk, "kid"),
                Thumbprint = Digest($$"""{"e":"{{Text(jwk, "e")}}","kty":"RSA","n":"{{Text(jwk, "n")}}"}"""),
            }
            : null;

    private static string Digest(string canonical) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));

    private static byte[]? Octets(JsonElement jwk, string name)
    {
        if (Text(jwk, name) is not { Length: > 0 } text || !Base64Url.IsValid(text))
        {
            return null;
        }

        byte[] octets = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        bool isDone = Base64Url.DecodeFromChars(text, octets, out _, out int written) == OperationStatus.Done;
        return isDone && written > 0 ? octets[..written] : null;
    }

    private static string? Text(JsonElement jwk, string name) =>
        jwk.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
