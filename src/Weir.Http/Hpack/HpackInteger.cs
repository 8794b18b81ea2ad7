// Hot: runs for every field of every head.
using System.Runtime.CompilerServices;

namespace Weir.Http.Hpack;

/// <summary>Integers with a prefix (RFC 7541 section 5.1), bounded: nothing in HTTP/2 is larger than 28 bits here.</summary>
internal static class HpackInteger
{
    /// <summary>The most octets that <see cref="Write"/> needs.</summary>
    public const int MostOctets = 6;

    // Four octets behind the prefix carry 28 bits; leading zeros beyond that are an attack on whoever counts no octets.
    private const int MostShift = 28;

    /// <summary>Reads an integer; false: it is not complete, or too large.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> source, ref int at, int prefixBits, out int value)
    {
        int most = (1 << prefixBits) - 1;
        value = source[at++] & most;
        return value < most || TryReadRest(source, ref at, ref value);
    }

    /// <summary>Writes an integer; the bits above the prefix come from <paramref name="pattern"/>. Returns the place behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Write(Span<byte> target, int at, int prefixBits, byte pattern, int value)
    {
        int most = (1 << prefixBits) - 1;
        if (value < most)
        {
            target[at] = (byte)(pattern | value);
            return at + 1;
        }

        return WriteRest(target, at, pattern, most, value);
    }

    private static bool TryReadRest(ReadOnlySpan<byte> source, ref int at, ref int value)
    {
        for (int shift = 0; shift < MostShift && at < source.Length; shift += 7)
        {
            byte octet = source[at++];
            value += (octet & 0x7F) << shift;
            if ((octet & 0x80) == 0)
            {
                return true;
            }
        }

        return false;
    }

    private static int WriteRest(Span<byte> target, int at, byte pattern, int most, int value)
    {
        target[at++] = (byte)(pattern | most);
        uint rest = (uint)(value - most);
        while (rest >= 0x80)
        {
            target[at++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        target[at++] = (byte)rest;
        return at;
    }
}
