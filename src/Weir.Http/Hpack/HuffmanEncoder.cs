using System.Buffers.Binary;

namespace Weir.Http.Hpack;

/// <summary>Compresses strings (RFC 7541 section 5.2).</summary>
internal static class HuffmanEncoder
{
    /// <summary>Octets that a string takes when it is compressed.</summary>
    public static int CountOctets(ReadOnlySpan<byte> source)
    {
        ReadOnlySpan<byte> lengths = HuffmanCode.Lengths;
        long bits = 0;
        foreach (byte octet in source)
        {
            bits += lengths[octet];
        }

        return (int)((bits + 7) / 8);
    }

    /// <summary>Compresses a string into a target of at least <see cref="CountOctets"/>; returns the octets written.</summary>
    public static int Encode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        ReadOnlySpan<byte> lengths = HuffmanCode.Lengths;
        ReadOnlySpan<uint> codes = HuffmanCode.Codes;
        ulong window = 0;
        int bits = 0;
        int written = 0;
        foreach (byte octet in source)
        {
            int length = lengths[octet];
            window = (window << length) | codes[octet];
            bits += length;
            if (bits >= 32)
            {
                bits -= 32;
                BinaryPrimitives.WriteUInt32BigEndian(target[written..], (uint)(window >> bits));
                written += sizeof(uint);
            }
        }

        for (; bits >= 8; written++)
        {
            bits -= 8;
            target[written] = (byte)(window >> bits);
        }

        if (bits > 0)
        {
            target[written++] = (byte)((window << (8 - bits)) | (0xFFu >> bits));
        }

        return written;
    }
}
