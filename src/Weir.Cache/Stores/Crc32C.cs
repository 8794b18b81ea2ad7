using System.Buffers.Binary;
using System.Numerics;

namespace Weir.Cache.Stores;

/// <summary>
/// CRC-32C of octets that come piece by piece, a word at a time: where what is summed is too short for <see cref="Disk.BlockSum"/> to pay.
/// </summary>
internal static class Crc32C
{
    /// <summary>What a sum begins with.</summary>
    public const uint Start = uint.MaxValue;

    /// <summary>The sum with some more octets.</summary>
    public static uint Add(uint sum, ReadOnlySpan<byte> octets)
    {
        for (; octets.Length >= sizeof(ulong); octets = octets[sizeof(ulong)..])
        {
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(octets));
        }

        foreach (byte octet in octets)
        {
            sum = BitOperations.Crc32C(sum, octet);
        }

        return sum;
    }
}
