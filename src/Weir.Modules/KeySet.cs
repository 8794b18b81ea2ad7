using System.Security.Cryptography;
using System.Text.Json;

namespace Weir.Modules;

/// <summary>An issuer's keys (RFC 7517 section 5), those that can be used. Immutable.</summary>
internal sealed class KeySet
{
    private const int MostKeys = 64;
    private const int LeastRsaBits = 2048;
    private const int MostRsaBits = 8192;
    private const int LeastSecretOctets = 32;

    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private readonly VerifyKey[] _keys;

    private KeySet(VerifyKey[] keys) => _keys = keys;

    /// <summary>How many keys can be used.</summary>
    public int Count => _keys.Length;

    /// <summary>The keys that may have made a signature: those of the name, where one is given, else all of the algorithm's kind.</summary>
    public IEnumerable<VerifyKey> For(JwtAlgorithm algorithm, string? id) =>
        _keys.Where(key => key.IsFor(algorithm) && (id is null || key.Id is null ? id is null || key.KeyType == JwtAlgorithm.Secret : key.Id == id));

    /// <summary>Reads a key set. Keys of kinds that are not known are left out (RFC 7517 section 5), and so are secrets, which belong into no such set.</summary>
    public static KeySet Parse(byte[] octets, List<string> mistakes)
    {
        List<VerifyKey> keys = [];
        try
        {
            using JsonDocument document = JsonDocument.Parse(octets, _strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("keys", out JsonElement list)
                || list.ValueKind != JsonValueKind.Array)
            {
                mistakes.Add("It is no JSON Web Key Set: {\"keys\": [...]}.");
                return new KeySet([]);
            }

            keys.AddRange(list.EnumerateArray().Take(MostKeys).Select(TryRead).OfType<VerifyKey>());
        }
        catch (JsonException exception)
        {
            mistakes.Add($"It is no JSON: {exception.Message}");
            return new KeySet([]);
        }

        if (keys.Count == 0)
        {
            mistakes.Add("No key of it can be used: RSA keys of 2048 bits and more, and EC keys on P-256, P-384 and P-521 are.");
        }

        return new KeySet([.. keys]);
    }

    /// <summary>Reads a secret; a line's end behind it does not belong to it.</summary>
    public static KeySet ParseSecret(byte[] octets, List<string> mistakes)
    {
        ReadOnlySpan<byte> secret = octets.AsSpan().TrimEnd("\r\n"u8);
        if (secret.Length < LeastSecretOctets)
        {
            mistakes.Add($"The secret has {secret.Length} octets; {LeastSecretOctets} is the least that cannot be guessed.");
        }

        return new KeySet([VerifyKey.OfSecret(secret.ToArray())]);
    }

    private static VerifyKey? TryRead(JsonElement jwk)
    {
        if (jwk.ValueKind != JsonValueKind.Object || (Text(jwk, "use") is { } use && use != "sig") || !MayVerify(jwk))
        {
            return null;
        }

        try
        {
            return Text(jwk, "kty") switch
            {
                "RSA" => TryReadRsa(jwk),
                "EC" => TryReadCurve(jwk),
                _ => null,
            };
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static VerifyKey? TryReadRsa(JsonElement jwk)
    {
        byte[]? modulus = Base64UrlText.Decode(Text(jwk, "n"));
        byte[]? exponent = Base64UrlText.Decode(Text(jwk, "e"));
        return modulus is { Length: >= LeastRsaBits / 8 and <= MostRsaBits / 8 } && exponent is { Length: > 0 and <= 8 }
            ? VerifyKey.OfRsa(new RSAParameters { Modulus = modulus, Exponent = exponent }, Text(jwk, "kid"), Text(jwk, "alg"))
            : null;
    }

    private static VerifyKey? TryReadCurve(JsonElement jwk)
    {
        string? name = Text(jwk, "crv");
        ECCurve? curve = name switch
        {
            "P-256" => ECCurve.NamedCurves.nistP256,
            "P-384" => ECCurve.NamedCurves.nistP384,
            "P-521" => ECCurve.NamedCurves.nistP521,
            _ => null,
        };
        byte[]? x = Base64UrlText.Decode(Text(jwk, "x"));
        byte[]? y = Base64UrlText.Decode(Text(jwk, "y"));
        return curve is { } known && x is not null && y is not null
            ? VerifyKey.OfCurve(new ECParameters { Curve = known, Q = new ECPoint { X = x, Y = y } }, name!, Text(jwk, "kid"), Text(jwk, "alg"))
            : null;
    }

    private static bool MayVerify(JsonElement jwk) => !jwk.TryGetProperty("key_ops", out JsonElement uses) || (uses.ValueKind == JsonValueKind.Array
        && uses.EnumerateArray().Any(use => use.ValueKind == JsonValueKind.String && use.ValueEquals("verify"u8)));

    private static string? Text(JsonElement jwk, string name) =>
        jwk.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
