// Hot: asked for each request that passes the module.
using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Weir.Modules.Remembering;

namespace Weir.Modules.AuthKey;

/// <summary>
/// The hashed keys of a file, each with its label. Immutable, but that it remembers which keys were found: another file is another table.
/// </summary>
internal sealed class KeyTable
{
    private const int Sets = 1024;

    private readonly FrozenDictionary<KeyDigest, Entry> _keys;
    private readonly Remembered<Entry> _found = new(Sets);

    private KeyTable(FrozenDictionary<KeyDigest, Entry> keys) => _keys = keys;

    /// <summary>Whose key it is; null: nobody's.</summary>
    public Entry? Find(ReadOnlySpan<byte> key)
    {
        CredentialDigest digest = _found.DigestOf(key);
        if (_found.Find(digest, now: 0) is { } known)
        {
            return known;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key, hash);
        if (_keys.GetValueOrDefault(MemoryMarshal.Read<KeyDigest>(hash)) is not { } entry)
        {
            return null;
        }

        _found.Add(digest, entry, until: long.MaxValue, now: 0);
        return entry;
    }

    /// <summary>Reads LABEL:HASH a line; # begins a comment line. A label may have several keys, so that one can follow another.</summary>
    public static KeyTable Parse(byte[] octets, List<string> mistakes)
    {
        Dictionary<KeyDigest, Entry> keys = [];
        string[] lines = Encoding.UTF8.GetString(octets).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            int colon = line.LastIndexOf(':');
            string label = colon > 0 ? line[..colon].Trim() : "";
            if (label.Length == 0 || !TryRead(line[(colon + 1)..].Trim(), out KeyDigest digest))
            {
                mistakes.Add($"Line {i + 1} is no LABEL:HASH: a SHA-256 has 64 hexadecimal digits.");
            }
            else if (!keys.TryAdd(digest, new Entry(label, Encoding.UTF8.GetBytes(label))))
            {
                mistakes.Add($"Line {i + 1} has the key of another line.");
            }
        }

        if (keys.Count == 0 && mistakes.Count == 0)
        {
            mistakes.Add("No key is listed.");
        }

        return new KeyTable(keys.ToFrozenDictionary());
    }

    private static bool TryRead(string hash, out KeyDigest digest)
    {
        digest = default;
        if (hash.Length != SHA256.HashSizeInBytes * 2 || !hash.All(char.IsAsciiHexDigit))
        {
            return false;
        }

        digest = MemoryMarshal.Read<KeyDigest>(Convert.FromHexString(hash));
        return true;
    }

    /// <summary>Whose key it is.</summary>
    internal sealed record Entry(string Label, byte[] LabelOctets);
}
