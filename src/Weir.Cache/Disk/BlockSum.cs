using System.Buffers.Binary;
using System.Numerics;

namespace Weir.Cache.Disk;

/// <summary>
/// The sum of a block: CRC-32C over each fourth word, four at a time, and CRC-32C over these. One after the other is bound by the latency
/// of the instruction; four at a time do not wait for each other.
/// </summary>
internal static class BlockSum
{
    private const int Step = 4 * sizeof(ulong);

    /// <summary>The sum of octets at a place.</summary>
    public static uint Of(ReadOnlySpan<byte> octets, ulong seed)
    {
        uint first = (uint)seed;
        uint second = (uint)(seed >> 32);
        uint third = (uint)octets.Length;
        uint fourth = ~(uint)seed;
        while (octets.Length >= Step)
        {
            first = BitOperations.Crc32C(first, BinaryPrimitives.ReadUInt64LittleEndian(octets));
            second = BitOperations.Crc32C(second, BinaryPrimitives.ReadUInt64LittleEndian(octets[8..]));
            third = BitOperations.Crc32C(third, BinaryPrimitives.ReadUInt64LittleEndian(octets[16..]));
            fourth = BitOperations.Crc32C(fourth, BinaryPrimitives.ReadUInt64LittleEndian(octets[24..]));
            octets = octets[Step..];
        }

        foreach (byte octet in octets)
        {
            first = BitOperations.Crc32C(first, octet);
        }

        uint all = BitOperations.Crc32C(first, second);
        return BitOperations.Crc32C(BitOperations.Crc32C(all, third), fourth);
    }
}
