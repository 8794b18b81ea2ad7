// Hot: one for each request that a cache looks at.
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Weir.Cache.Keys;

/// <summary>
/// 128 bits that stand for a key. Seeded with a secret of the process, so that clients cannot choose keys that meet in one place of the
/// index; keys are compared whole besides, so two that meet cost time and nothing else.
/// </summary>
/// <param name="High">Tells places in the index.</param>
/// <param name="Low">Tells keys in one place apart.</param>
public readonly record struct KeyHash(ulong High, ulong Low)
{
    // Odd and without a pattern: the fractional parts of the roots of small primes.
    private const ulong FirstFactor = 0x6A09E667F3BCC909;
    private const ulong SecondFactor = 0xBB67AE8584CAA73B;

    private static readonly ulong _seed = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));

    /// <summary>The hash of a key.</summary>
    public static KeyHash Of(ReadOnlySpan<byte> key) => Of(key, _seed);

    /// <summary>The hash under a seed: for measuring the same twice.</summary>
    public static KeyHash Of(ReadOnlySpan<byte> key, ulong seed)
    {
        ulong high = seed ^ FirstFactor;
        ulong low = seed ^ (SecondFactor * ((ulong)key.Length + 1));
        while (key.Length >= 16)
        {
            Mix(ref high, ref low, BinaryPrimitives.ReadUInt64LittleEndian(key), BinaryPrimitives.ReadUInt64LittleEndian(key[8..]));
            key = key[16..];
        }

        if (key.Length > 0)
        {
            Span<byte> rest = stackalloc byte[16];
            rest.Clear();
            key.CopyTo(rest);
            Mix(ref high, ref low, BinaryPrimitives.ReadUInt64LittleEndian(rest), BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]));
        }

        Mix(ref high, ref low, SecondFactor, FirstFactor);
        Mix(ref high, ref low, FirstFactor, seed);
        return new KeyHash(high, low);
    }

    // Two multiplications to 128 bits, each folded; each half goes into the other.
    private static void Mix(ref ulong high, ref ulong low, ulong first, ulong second)
    {
        ulong upper = Math.BigMul(high ^ first, FirstFactor | 1, out ulong lower);
        ulong upper2 = Math.BigMul(low ^ second, SecondFactor | 1, out ulong lower2);
        high = (lower ^ upper2) + second;
        low = (lower2 ^ upper) + ulong.RotateLeft(first, 29);
    }
}
