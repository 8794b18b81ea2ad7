using System.Buffers.Binary;
using Weir.Abstractions.Exchanges;

namespace Weir.Http.Semantics;

/// <summary>IP addresses as octets of text, exactly as RFC 3986 section 3.2.2 writes them; nothing is allocated.</summary>
public static class AddressText
{
    private const int Groups = 8;

    /// <summary>Reads an IPv4 or IPv6 address, without brackets, port or zone.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out IpAddress address)
    {
        if (text.Contains((byte)':'))
        {
            return TryParseIPv6(text, out address);
        }

        bool isAddress = TryParseIPv4(text, out uint value);
        address = isAddress ? IpAddress.FromIPv4(value) : default;
        return isAddress;
    }

    /// <summary>Reads four decimal numbers without leading zeros.</summary>
    public static bool TryParseIPv4(ReadOnlySpan<byte> text, out uint address)
    {
        address = 0;
        int parts = 0;
        int at = 0;
        while (parts < 4)
        {
            int start = at;
            uint value = 0;
            while (at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9' && at - start < 3)
            {
                value = (value * 10) + text[at++] - '0';
            }

            bool hasLeadingZero = at - start > 1 && text[start] == (byte)'0';
            if (at == start || value > 255 || hasLeadingZero)
            {
                return false;
            }

            address = (address << 8) | value;
            parts++;
            if (parts < 4 && (at >= text.Length || text[at++] != (byte)'.'))
            {
                return false;
            }
        }

        return at == text.Length;
    }

    /// <summary>Reads an IPv6address of RFC 3986 section 3.2.2.</summary>
    public static bool TryParseIPv6(ReadOnlySpan<byte> text, out IpAddress address)
    {
        address = default;
        Span<ushort> groups = stackalloc ushort[Groups];
        groups.Clear();
        int count = 0;
        int gap = -1;
        int at = 0;
        if (text.StartsWith("::"u8))
        {
            gap = 0;
            at = 2;
        }

        while (at < text.Length)
        {
            if (count == Groups)
            {
                return false;
            }

            int start = at;
            int value = 0;
            while (at < text.Length && at - start < 4 && Hex.ValueOf(text[at]) is >= 0 and int digit)
            {
                value = (value << 4) | digit;
                at++;
            }

            if (at < text.Length && text[at] == (byte)'.')
            {
                if (count > Groups - 2 || !TryParseIPv4(text[start..], out uint tail))
                {
                    return false;
                }

                groups[count++] = (ushort)(tail >> 16);
                groups[count++] = (ushort)tail;
                break;
            }

            if (at == start)
            {
                return false;
            }

            groups[count++] = (ushort)value;
            if (at == text.Length)
            {
                break;
            }

            if (text[at++] != (byte)':' || at == text.Length)
            {
                return false;
            }

            if (text[at] != (byte)':')
            {
                continue;
            }

            if (gap >= 0)
            {
                return false;
            }

            gap = count;
            at++;
        }

        // "::" stands for at least one group of zeros.
        if (gap < 0 ? count != Groups : count >= Groups)
        {
            return false;
        }

        address = FromGroups(groups, count, gap);
        return true;
    }

    /// <summary>
    /// Writes an address in the one form that an IP literal of it has (RFC 5952), at most <see cref="IpAddress.MaxTextOctets"/>, without
    /// brackets; returns its length. An IPv4 address becomes the IPv6 address it is mapped to.
    /// </summary>
    public static int WriteIPv6(IpAddress address, Span<byte> target)
    {
        if (address.IsNone)
        {
            "::"u8.CopyTo(target);
            return 2;
        }

        if (!address.IsIPv4)
        {
            return address.Format(target);
        }

        ReadOnlySpan<byte> mapped = "::ffff:"u8;
        mapped.CopyTo(target);
        return mapped.Length + Write(address, target[mapped.Length..]);
    }

    private static IpAddress FromGroups(ReadOnlySpan<ushort> groups, int count, int gap)
    {
        Span<byte> octets = stackalloc byte[2 * Groups];
        octets.Clear();
        int behindGap = gap < 0 ? 0 : count - gap;
        for (int i = 0; i < count; i++)
        {
            int place = i < count - behindGap ? i : Groups - count + i;
            BinaryPrimitives.WriteUInt16BigEndian(octets[(2 * place)..], groups[i]);
        }

        return IpAddress.FromOctets(octets);
    }

    /// <summary>
    /// Writes an address that is one (RFC 5952 for IPv6), at most <see cref="IpAddress.MaxTextOctets"/>, and returns its length.
    /// </summary>
    public static int Write(IpAddress address, Span<byte> target)
    {
        if (!address.IsIPv4)
        {
            return address.Format(target);
        }

        // Most peers have one of these, and IpAddress.Format makes an object of it.
        int length = 0;
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            uint part = (address.IPv4 >> shift) & 255;
            if (part >= 100)
            {
                target[length++] = (byte)('0' + (part / 100));
            }

            if (part >= 10)
            {
                target[length++] = (byte)('0' + (part / 10 % 10));
            }

            target[length++] = (byte)('0' + (part % 10));
            target[length++] = (byte)'.';
        }

        return length - 1;
    }
}
