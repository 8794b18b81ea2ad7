// Hot: every site and route lookup. See bench/Weir.Bench.Routing.
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Weir.Pipeline.Routing;

/// <summary>
/// A seeded hash of octets that can be continued piece by piece. It is not for secrets: its keys come from the configuration, and the
/// seed keeps a client from aiming at one slot.
/// </summary>
internal static class OctetHash
{
    /// <summary>Makes the cases of ASCII letters equal; other octets may become equal too, which a comparison sorts out.</summary>
    public const ulong CaseFold = 0x2020_2020_2020_2020;

    // Odd constants with evenly spread bits: the fractional parts of the golden ratio, of the square roots of 3 and of 5.
    private const ulong LengthFactor = 0x9E37_79B9_7F4A_7C15;
    private const ulong ChunkFactor = 0xBB67_AE85_84CA_A73B;
    private const ulong TailFactor = 0x3C6E_F372_FE94_F82B;

    /// <summary>Adds a piece. Two pieces differ from one piece that holds the same octets: the length goes in too.</summary>
    /// <param name="state">The seed, or what an earlier call returned.</param>
    /// <param name="piece">The octets.</param>
    /// <param name="fold">0, or <see cref="CaseFold"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Add(ulong state, ReadOnlySpan<byte> piece, ulong fold)
    {
        ulong length = (ulong)(uint)piece.Length;
        while (piece.Length >= sizeof(ulong))
        {
            state = Mix(state ^ (BinaryPrimitives.ReadUInt64LittleEndian(piece) | fold), ChunkFactor);
            piece = piece[sizeof(ulong)..];
        }

        return Mix(state ^ (Tail(piece) | fold), TailFactor ^ (length * LengthFactor));
    }

    // Up to 7 octets without a loop: overlapping reads cover all of them, and the length is mixed in by the caller.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Tail(ReadOnlySpan<byte> rest)
    {
        if (rest.Length >= sizeof(uint))
        {
            ulong high = BinaryPrimitives.ReadUInt32LittleEndian(rest);
            return (high << 32) | BinaryPrimitives.ReadUInt32LittleEndian(rest[^sizeof(uint)..]);
        }

        return rest.IsEmpty ? 0 : ((ulong)rest[0] << 16) | ((ulong)rest[rest.Length >> 1] << 8) | rest[^1];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }
}
