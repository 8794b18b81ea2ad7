// Hot: digests what each request shows that passes an auth module.
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weir.Modules.Remembering;

/// <summary>
/// SipHash-2-4 with a result of 128 bits (Aumasson and Bernstein, 2012): a keyed function whose results nobody can guess without the key,
/// for what is compared within this process alone. Signatures, and what leaves the process, are the platform's business.
/// </summary>
internal static class SipHash128
{
    /// <summary>The hash of some octets under a key of two halves: the result's first eight octets, and its last.</summary>
    public static (ulong First, ulong Last) Of(ReadOnlySpan<byte> octets, ulong key0, ulong key1)
    {
        ulong v0 = key0 ^ 0x736F_6D65_7073_6575;
        ulong v1 = key1 ^ 0x646F_7261_6E64_6F6D ^ 0xEE;
        ulong v2 = key0 ^ 0x6C79_6765_6E65_7261;
        ulong v3 = key1 ^ 0x7465_6462_7974_6573;
        ulong last = (ulong)octets.Length << 56;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(octets);
        foreach (ulong octetsOfWord in words)
        {
            ulong word = BitConverter.IsLittleEndian ? octetsOfWord : BinaryPrimitives.ReverseEndianness(octetsOfWord);
            v3 ^= word;
            Round(ref v0, ref v1, ref v2, ref v3);
            Round(ref v0, ref v1, ref v2, ref v3);
            v0 ^= word;
        }

        octets = octets[(words.Length * sizeof(ulong))..];
        for (int i = 0; i < octets.Length; i++)
        {
            last |= (ulong)octets[i] << (8 * i);
        }

        v3 ^= last;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= last;
        v2 ^= 0xEE;
        ulong first = End(ref v0, ref v1, ref v2, ref v3);
        v1 ^= 0xDD;
        return (first, End(ref v0, ref v1, ref v2, ref v3));
    }

    private static ulong End(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        return v0 ^ v1 ^ v2 ^ v3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
