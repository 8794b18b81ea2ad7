using System.Buffers.Binary;
using System.Numerics;

namespace Weir.Modules.Limiting;

/// <summary>SipHash-1-3 (Aumasson and Bernstein, 2012): a short keyed hash for tables whose keys come from strangers.</summary>
internal static class SipHash
{
    /// <summary>The hash of some octets under a key of two halves.</summary>
    public static ulong Of(ReadOnlySpan<byte> octets, ulong key0, ulong key1)
    {
        ulong v0 = key0 ^ 0x736F_6D65_7073_6575;
        ulong v1 = key1 ^ 0x646F_7261_6E64_6F6D;
        ulong v2 = key0 ^ 0x6C79_6765_6E65_7261;
        ulong v3 = key1 ^ 0x7465_6462_7974_6573;
        ulong last = (ulong)octets.Length << 56;
        while (octets.Length >= 8)
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(octets);
            v3 ^= word;
            Round(ref v0, ref v1, ref v2, ref v3);
            v0 ^= word;
            octets = octets[8..];
        }

        for (int i = 0; i < octets.Length; i++)
        {
            last |= (ulong)octets[i] << (8 * i);
        }

        v3 ^= last;
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= last;
        v2 ^= 0xFF;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v3;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
