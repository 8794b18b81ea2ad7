using System.Globalization;

namespace Weir.Abstractions.Exchanges;

/// <summary>A range of addresses in CIDR notation (RFC 4632, RFC 4291 section 2.3): 10.0.0.0/8, 2001:db8::/32, or one address.</summary>
/// <param name="Address">The first address; octets behind the prefix are zero.</param>
/// <param name="Bits">The prefix's length within the 128 bits of <see cref="IpAddress"/>: an IPv4 /8 is 104.</param>
public readonly record struct IpPrefix(IpAddress Address, int Bits)
{
    private const int MappedBits = 96;
    private const int AllBits = 128;

    /// <summary>The prefix's length as written: 0 to 32 for IPv4, 0 to 128 for IPv6.</summary>
    public int Length => Address.IsIPv4 && Bits >= MappedBits ? Bits - MappedBits : Bits;

    /// <summary>Whether the address is in the range. An IPv4 address is never in an IPv6 range shorter than its mapped prefix.</summary>
    public bool Contains(IpAddress address)
    {
        if (address.IsIPv4 != (Address.IsIPv4 && Bits >= MappedBits))
        {
            return false;
        }

        (ulong high, ulong low) = Mask(Bits);
        return (address.High & high) == Address.High && (address.Low & low) == Address.Low;
    }

    /// <summary>The range of that length around an address.</summary>
    /// <param name="address">An address in it.</param>
    /// <param name="bits">Its length within 128 bits.</param>
    public static IpPrefix Of(IpAddress address, int bits)
    {
        (ulong high, ulong low) = Mask(bits);
        return new IpPrefix(new IpAddress(address.High & high, address.Low & low), bits);
    }

    /// <summary>Whether the address is in one of the ranges.</summary>
    public static bool AnyContains(ReadOnlySpan<IpPrefix> ranges, IpAddress address)
    {
        foreach (IpPrefix range in ranges)
        {
            if (range.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Reads "10.0.0.0/8", "2001:db8::/32" or a single address. Bits set behind the prefix are cleared: compare
    /// <see cref="Address"/> with what was written to notice them.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpPrefix prefix)
    {
        prefix = default;
        int slash = text.IndexOf('/');
        ReadOnlySpan<char> addressText = slash < 0 ? text : text[..slash];
        if (!IpAddress.TryParse(addressText, out IpAddress address))
        {
            return false;
        }

        int bits = AllBits;
        if (slash >= 0 && !TryParseBits(text[(slash + 1)..], address.IsIPv4, out bits))
        {
            return false;
        }

        (ulong high, ulong low) = Mask(bits);
        prefix = new IpPrefix(new IpAddress(address.High & high, address.Low & low), bits);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Bits == AllBits ? Address.ToIPAddress().ToString() : $"{Address.ToIPAddress()}/{Length}";

    private static bool TryParseBits(ReadOnlySpan<char> text, bool isIPv4, out int bits)
    {
        bits = 0;
        int most = isIPv4 ? AllBits - MappedBits : AllBits;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int written) || written > most)
        {
            return false;
        }

        bits = isIPv4 ? written + MappedBits : written;
        return true;
    }

    private static (ulong High, ulong Low) Mask(int bits) => bits switch
    {
        0 => (0, 0),
        <= 64 => (ulong.MaxValue << (64 - bits), 0),
        _ => (ulong.MaxValue, ulong.MaxValue << (AllBits - bits)),
    };
}
