using System.Text.Json;

namespace Weir.Modules.Challenge;

/// <summary>A bot's keys. Immutable.</summary>
internal sealed class BotKeys
{
    private const int MostKeys = 64;
    private const int LeastSecretOctets = 32;

    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private readonly BotKey[] _keys;

    private BotKeys(BotKey[] keys) => _keys = keys;

    /// <summary>
    /// Reads a key set (RFC 7517 section 5). Keys that cannot be used are left out, and so are secrets, which belong into no such set.
    /// </summary>
    public static BotKeys Parse(byte[] octets, List<string> mistakes)
    {
        BotKey[] keys = [];
        try
        {
            using JsonDocument document = JsonDocument.Parse(octets, _strict);
            JsonElement root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("keys", out JsonElement list) && list.ValueKind == JsonValueKind.Array)
            {
                keys = [.. list.EnumerateArray().Take(MostKeys).Select(BotKey.Read).OfType<BotKey>()];
            }
        }
        catch (JsonException)
        {
            // It holds no keys, which is said below.
        }

        if (keys.Length == 0)
        {
            mistakes.Add("No key of it can be used: keys of Ed25519, EC keys on P-256 and P-384, and RSA keys of 2048 bits and more are.");
        }

        return new BotKeys(keys);
    }

    /// <summary>Reads a secret; a line's end behind it does not belong to it.</summary>
    public static BotKeys ParseSecret(byte[] octets, List<string> mistakes)
    {
        ReadOnlySpan<byte> secret = octets.AsSpan().TrimEnd("\r\n"u8);
        if (secret.Length < LeastSecretOctets)
        {
            mistakes.Add($"The secret has {secret.Length} octets; {LeastSecretOctets} is the least that cannot be guessed.");
        }

        return new BotKeys([BotKey.OfSecret(secret.ToArray())]);
    }

    /// <summary>The keys of that name for an algorithm.</summary>
    public IEnumerable<BotKey> For(SignatureAlgorithm algorithm, string id) => _keys.Where(key => key.IsFor(algorithm, id));
}
