using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Weir.Modules.Tokens;

/// <summary>Reads public keys (RFC 7517, RFC 7518 section 6, RFC 8037) as others publish them. Pure; any thread.</summary>
internal static class PublicKeys
{
    private const int LeastRsaBits = 2048;
    private const int MostRsaBits = 8192;
    private const int EdwardsOctets = 32;

    /// <summary>Reads a key; null: it is of a kind that is not known, weak, for something else, or none.</summary>
    /// <param name="jwk">The key.</param>
    /// <param name="isForAnyAlgorithm">Whether its `alg` says nothing: what is signed has other names for algorithms.</param>
    public static VerifyKey? TryRead(JsonElement jwk, bool isForAnyAlgorithm = false)
    {
        if (jwk.ValueKind != JsonValueKind.Object || (Text(jwk, "use") is { } use && use != "sig") || !MayVerify(jwk))
        {
            return null;
        }

        try
        {
            string? algorithm = isForAnyAlgorithm ? null : Text(jwk, "alg");
            return Text(jwk, "kty") switch
            {
                "RSA" => TryReadRsa(jwk, algorithm),
                "EC" => TryReadCurve(jwk, algorithm),
                SignatureAlgorithm.Edwards when Text(jwk, "crv") == "Ed25519" => TryReadEdwards(jwk, algorithm),
                _ => null,
            };
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static VerifyKey? TryReadRsa(JsonElement jwk, string? algorithm)
    {
        byte[]? modulus = Octets(jwk, "n");
        byte[]? exponent = Octets(jwk, "e");
        return modulus is { Length: >= LeastRsaBits / 8 and <= MostRsaBits / 8 } && exponent is { Length: > 0 and <= 8 }
            ? VerifyKey.OfRsa(
                new RSAParameters { Modulus = modulus, Exponent = exponent },
                NamesOf(jwk, algorithm, $$"""{"e":"{{Text(jwk, "e")}}","kty":"RSA","n":"{{Text(jwk, "n")}}"}"""))
            : null;
    }

    private static VerifyKey? TryReadCurve(JsonElement jwk, string? algorithm)
    {
        string? name = Text(jwk, "crv");
        ECCurve? curve = name switch
        {
            "P-256" => ECCurve.NamedCurves.nistP256,
            "P-384" => ECCurve.NamedCurves.nistP384,
            "P-521" => ECCurve.NamedCurves.nistP521,
            _ => null,
        };
        return curve is { } known && Octets(jwk, "x") is { } x && Octets(jwk, "y") is { } y
            ? VerifyKey.OfCurve(
                new ECParameters { Curve = known, Q = new ECPoint { X = x, Y = y } }, name!,
                NamesOf(jwk, algorithm, $$"""{"crv":"{{name}}","kty":"EC","x":"{{Text(jwk, "x")}}","y":"{{Text(jwk, "y")}}"}"""))
            : null;
    }

    private static VerifyKey? TryReadEdwards(JsonElement jwk, string? algorithm) => Octets(jwk, "x") is { Length: EdwardsOctets } key
        ? VerifyKey.OfEdwards(key, NamesOf(jwk, algorithm, $$"""{"crv":"Ed25519","kty":"OKP","x":"{{Text(jwk, "x")}}"}"""))
        : null;

    // RFC 7638 section 3: the hash of the members that a key cannot be without, in the order of their names.
    private static KeyNames NamesOf(JsonElement jwk, string? algorithm, string canonical) =>
        new(Text(jwk, "kid"), Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))), algorithm);

    private static bool MayVerify(JsonElement jwk) => !jwk.TryGetProperty("key_ops", out JsonElement uses)
        || (uses.ValueKind == JsonValueKind.Array
            && uses.EnumerateArray().Any(use => use.ValueKind == JsonValueKind.String && use.ValueEquals("verify"u8)));

    private static byte[]? Octets(JsonElement jwk, string name) => Base64UrlText.Decode(Text(jwk, name));

    private static string? Text(JsonElement jwk, string name) =>
        jwk.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
