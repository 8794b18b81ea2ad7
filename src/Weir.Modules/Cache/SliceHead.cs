using System.Buffers.Binary;
using System.Security.Cryptography;
using Weir.Cache.Freshness;
using Weir.Cache.Stores;

namespace Weir.Modules.Cache;

/// <summary>How a response is cut into slices: the content of a <see cref="RecordKind.Sliced"/> record.</summary>
/// <param name="Generation">What the keys of its slices have in common.</param>
/// <param name="Length">Octets of the whole.</param>
/// <param name="SliceOctets">Octets of a slice; the last one may be shorter.</param>
/// <param name="IsStrong">Whether it has a strong validator: only then octets of several responses are put together (RFC 9111 section
/// 3.4).</param>
internal readonly record struct SliceHead(ulong Generation, long Length, int SliceOctets, bool IsStrong)
{
    /// <summary>Octets of the record's content.</summary>
    public const int Octets = 16;

    /// <summary>Behind the URI's key, the key of a slice.</summary>
    private const int KeyOctets = 2 + (2 * sizeof(ulong));

    /// <summary>Of a record.</summary>
    public static SliceHead Read(in StoredEntry entry)
    {
        ReadOnlySpan<byte> content = entry.Tail;
        return new SliceHead(
            entry.Generation, BinaryPrimitives.ReadInt64LittleEndian(content), BinaryPrimitives.ReadInt32LittleEndian(content[8..]), content[12] != 0);
    }

    /// <summary>A number for the slices of another response.</summary>
    public static ulong NewGeneration() => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <summary>The record's content.</summary>
    public byte[] ToArray()
    {
        byte[] content = new byte[Octets];
        BinaryPrimitives.WriteInt64LittleEndian(content, Length);
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(8), SliceOctets);
        content[12] = IsStrong ? (byte)1 : (byte)0;
        return content;
    }

    /// <summary>The slice that an octet lies in.</summary>
    public long IndexOf(long offset) => offset / SliceOctets;

    /// <summary>The octets of a slice.</summary>
    public ByteRange RangeOf(long index) => new(index * SliceOctets, Math.Min(SliceOctets, Length - (index * SliceOctets)));

    /// <summary>The key of a slice.</summary>
    public byte[] KeyOf(ReadOnlySpan<byte> primary, long index)
    {
        byte[] key = new byte[primary.Length + KeyOctets];
        primary.CopyTo(key);
        "\nS"u8.CopyTo(key.AsSpan(primary.Length));
        BinaryPrimitives.WriteUInt64LittleEndian(key.AsSpan(primary.Length + 2), Generation);
        BinaryPrimitives.WriteInt64LittleEndian(key.AsSpan(primary.Length + 2 + sizeof(ulong)), index);
        return key;
    }
}
