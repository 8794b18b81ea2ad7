// Hot: runs for every string that a peer compresses. See bench/Weir.Bench.Http.
using System.Buffers.Binary;

namespace Weir.Http.Hpack;

/// <summary>
/// Decodes strings (RFC 7541 section 5.2). One look-up finds codes of up to ten bits, which is all that usual text has; longer ones are
/// found by comparing with the first code of each length.
/// </summary>
internal static class HuffmanDecoder
{
    private const int TableBits = 10;

    // Symbol << 4 | bits; 0 where the code is longer.
    private static readonly ushort[] _table = FillTable();

    // For each length: one past its last code, moved to the left end of 32 bits; 0 where the length has no code.
    private static readonly ulong[] _limits = new ulong[HuffmanCode.LongestBits + 1];

    // For each length: its first code, and where its symbols begin among those sorted by code.
    private static readonly uint[] _firsts = new uint[HuffmanCode.LongestBits + 1];
    private static readonly int[] _starts = new int[HuffmanCode.LongestBits + 1];
    private static readonly ushort[] _sorted = Sort();

    /// <summary>The most octets that so many compressed ones can stand for.</summary>
    public static int MostOctets(int compressed) => (int)((long)compressed * 8 / HuffmanCode.ShortestBits);

    /// <summary>Decodes a whole string.</summary>
    /// <param name="source">The compressed octets.</param>
    /// <param name="target">At least <see cref="MostOctets"/> long.</param>
    /// <returns>Octets written, or -1: the padding is wrong, or the end symbol stands in it.</returns>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        ReadOnlySpan<ushort> table = _table;
        ulong window = 0;
        int bits = 0;
        int at = 0;
        int written = 0;
        while (true)
        {
            // The window holds its bits at the left end.
            if (bits <= 32 && source.Length - at >= sizeof(uint))
            {
                window |= (ulong)BinaryPrimitives.ReadUInt32BigEndian(source[at..]) << (32 - bits);
                bits += 32;
                at += sizeof(uint);
            }
            else
            {
                while (bits <= 56 && at < source.Length)
                {
                    window |= (ulong)source[at++] << (56 - bits);
                    bits += 8;
                }
            }

            // Two at least come out of each refill while there is more than the longest code.
            do
            {
                uint entry = table[(int)(window >> (64 - TableBits))];
                int length = (int)(entry & 15);
                int symbol = (int)(entry >> 4);
                if (length == 0)
                {
                    symbol = FindLong(window, bits, out length);
                    if (symbol < 0)
                    {
                        return IsPadding(window, bits) && at == source.Length ? written : -1;
                    }
                }
                else if (length > bits)
                {
                    return IsPadding(window, bits) ? written : -1;
                }

                target[written++] = (byte)symbol;
                window <<= length;
                bits -= length;
            }
            while (bits > 32 || (at == source.Length && bits > 0));

            if (bits == 0 && at == source.Length)
            {
                return written;
            }
        }
    }

    // -1: the bits that are left are no whole code, or the end symbol.
    private static int FindLong(ulong window, int bits, out int length)
    {
        ulong code = window >> 32;
        for (length = TableBits + 1; length <= HuffmanCode.LongestBits; length++)
        {
            if (code < _limits[length])
            {
                int symbol = _sorted[_starts[length] + (int)((uint)(code >> (32 - length)) - _firsts[length])];
                return length > bits || symbol == HuffmanCode.EndOfString ? -1 : symbol;
            }
        }

        return -1;
    }

    // RFC 7541 section 5.2: less than an octet, and the most significant bits of the end symbol, which are ones.
    private static bool IsPadding(ulong window, int bits) => bits < 8 && (bits == 0 || window >> (64 - bits) == (1ul << bits) - 1);

    private static ushort[] FillTable()
    {
        ushort[] table = new ushort[1 << TableBits];
        for (int symbol = 0; symbol < HuffmanCode.EndOfString; symbol++)
        {
            int length = HuffmanCode.Lengths[symbol];
            if (length > TableBits)
            {
                continue;
            }

            int first = (int)HuffmanCode.Codes[symbol] << (TableBits - length);
            table.AsSpan(first, 1 << (TableBits - length)).Fill((ushort)((symbol << 4) | length));
        }

        return table;
    }

    private static ushort[] Sort()
    {
        ushort[] sorted = new ushort[HuffmanCode.Symbols];
        int count = 0;
        for (int length = HuffmanCode.ShortestBits; length <= HuffmanCode.LongestBits; length++)
        {
            _starts[length] = count;
            for (int symbol = 0; symbol < HuffmanCode.Symbols; symbol++)
            {
                if (HuffmanCode.Lengths[symbol] != length)
                {
                    continue;
                }

                if (count == _starts[length])
                {
                    _firsts[length] = HuffmanCode.Codes[symbol];
                }

                _limits[length] = ((ulong)HuffmanCode.Codes[symbol] + 1) << (32 - length);
                sorted[count++] = (ushort)symbol;
            }
        }

        return sorted;
    }
}
