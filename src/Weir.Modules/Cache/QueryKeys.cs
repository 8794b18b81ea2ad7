using System.Buffers.Binary;
using System.Security.Cryptography;
using Weir.Abstractions.Heads;
using Weir.Cache.Keys;
using Weir.Cache.Stores;

namespace Weir.Modules.Cache;

/// <summary>
/// What makes the key of a QUERY out of its URI's: a number that all queries of the URI share, so that they go when the URI becomes
/// invalid, and a hash of the content with its type and coding.
/// </summary>
internal sealed class QueryKeys
{
    /// <summary>Octets behind the URI's key.</summary>
    public const int MostOctets = 2 + sizeof(ulong) + SHA256.HashSizeInBytes;

    // How long the number outlives its last use as one: responses live no longer than that.
    private const long KeepSeconds = 30 * 86_400;

    private readonly MemoryStore _store;
    private readonly int _lane;

    public QueryKeys(MemoryStore store, int lane)
    {
        _store = store;
        _lane = lane;
    }

    /// <summary>What stands behind a URI's key in that of its number.</summary>
    public static ReadOnlySpan<byte> Mark => "\nQ"u8;

    /// <summary>Appends to a key; false: there is no memory for the number.</summary>
    public bool TryAppend(Span<byte> key, ref int octets, HeaderFields fields, ReadOnlySpan<byte> content, long nowSeconds)
    {
        int at = octets;
        Mark.CopyTo(key[at..]);
        at += Mark.Length;
        if (!TryGetNumber(key[..at], nowSeconds, out ulong number))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(key[at..], number);
        at += sizeof(ulong);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, fields, KnownField.ContentType);
        Append(hash, fields, KnownField.ContentEncoding);
        hash.AppendData(content);
        octets = at + hash.GetHashAndReset(key[at..]);
        return true;
    }

    private static void Append(IncrementalHash hash, HeaderFields fields, KnownField field)
    {
        for (int slot = fields.Find(field); slot >= 0; slot = fields.Find(field, slot + 1))
        {
            hash.AppendData(fields.ValueAt(slot));
        }

        hash.AppendData("\n"u8);
    }

    private bool TryGetNumber(ReadOnlySpan<byte> key, long nowSeconds, out ulong number)
    {
        KeyHash hash = KeyHash.Of(key);
        if (_store.TryFind(_lane, hash, key, out StoredEntry entry))
        {
            number = entry.Generation;
            bool isGood = entry.Kind == RecordKind.Variants && entry.KeepUntilSeconds >= nowSeconds;
            _store.Release(_lane, entry);
            if (isGood)
            {
                return true;
            }
        }

        number = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        NewRecord record = new() { Kind = RecordKind.Variants, Generation = number, KeepUntilSeconds = nowSeconds + KeepSeconds };
        return _store.Insert(hash, key, record, default(ReadOnlySpan<byte>));
    }
}
