using System.Text.Json;

namespace Weir.Modules.Tokens;

/// <summary>The keys of an issuer of tokens, or of a bot (RFC 7517 section 5), those that can be used. Immutable.</summary>
internal sealed class KeySet
{
    private const int MostKeys = 64;
    private const int LeastSecretOctets = 32;

    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private readonly VerifyKey[] _keys;

    private KeySet(VerifyKey[] keys) => _keys = keys;

    /// <summary>How many keys can be used.</summary>
    public int Count => _keys.Length;

    /// <summary>
    /// The keys that may have made a signature: those of the name, where one is given, else all of the algorithm's kind. A secret has none.
    /// </summary>
    public IEnumerable<VerifyKey> For(SignatureAlgorithm algorithm, string? id) =>
        _keys.Where(key => key.IsFor(algorithm)
            && (id is null || key.KeyType == SignatureAlgorithm.Secret || key.Id == id || key.Thumbprint == id));

    /// <summary>Reads the set of who issues tokens.</summary>
    public static KeySet Parse(byte[] octets, List<string> mistakes) => Parse(
        octets, mistakes, jwk => PublicKeys.TryRead(jwk) is { } key && key.KeyType != SignatureAlgorithm.Edwards ? key : null,
        "No key of it can be used: RSA keys of 2048 bits and more, and EC keys on P-256, P-384 and P-521 are.");

    /// <summary>
    /// Reads the set of a bot that signs requests: `alg` of its keys names an algorithm of tokens, and says nothing there.
    /// </summary>
    public static KeySet ParseOfBot(byte[] octets, List<string> mistakes) => Parse(
        octets, mistakes, jwk => PublicKeys.TryRead(jwk, isForAnyAlgorithm: true) is { } key && key.Curve != "P-521" ? key : null,
        "No key of it can be used: keys of Ed25519, EC keys on P-256 and P-384, and RSA keys of 2048 bits and more are.");

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

    // Keys of kinds that are not known are left out (RFC 7517 section 5), and so are secrets, which belong into no such set.
    private static KeySet Parse(byte[] octets, List<string> mistakes, Func<JsonElement, VerifyKey?> read, string usable)
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

            keys.AddRange(list.EnumerateArray().Take(MostKeys).Select(read).OfType<VerifyKey>());
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // The platform takes half a surrogate for a text until it is read.
            mistakes.Add($"It is no JSON: {failure.Message}");
            return new KeySet([]);
        }

        if (keys.Count == 0)
        {
            mistakes.Add(usable);
        }

        return new KeySet([.. keys]);
    }
}
