using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Weir.Abstractions.Exchanges;

/// <summary>An IPv4 or IPv6 address as a value: no allocation, comparable, usable as a key. IPv4 is held as IPv4-mapped IPv6.</summary>
public readonly record struct IpAddress(ulong High, ulong Low)
{
    /// <summary>Enough room for <see cref="Format"/>.</summary>
    public const int MaxTextOctets = 46;

    private const ulong MappedPrefix = 0x0000_FFFF_0000_0000;

    /// <summary>No address: a unix socket's peer.</summary>
    public static IpAddress None => default;

    /// <summary>Whether there is an address.</summary>
    public bool IsNone => High == 0 && Low == 0;

    /// <summary>Whether it is an IPv4 address.</summary>
    public bool IsIPv4 => High == 0 && (Low & 0xFFFF_FFFF_0000_0000) == MappedPrefix;

    /// <summary>The IPv4 address in host order; only where <see cref="IsIPv4"/>.</summary>
    public uint IPv4 => (uint)Low;

    /// <summary>From an IPv4 address in host order.</summary>
    public static IpAddress FromIPv4(uint address) => new(0, MappedPrefix | address);

    /// <summary>From 4 or 16 octets in network order.</summary>
    public static IpAddress FromOctets(ReadOnlySpan<byte> octets) => octets.Length == 4
        ? FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(octets))
        : new(BinaryPrimitives.ReadUInt64BigEndian(octets), BinaryPrimitives.ReadUInt64BigEndian(octets[8..]));

    /// <summary>From the platform's type.</summary>
    public static IpAddress From(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out int written);
        return FromOctets(octets[..written]);
    }

    /// <summary>Reads an address as text; no port, no brackets, no zone.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpAddress address)
    {
        address = default;
        // IPAddress.TryParse also reads "[::1]" and "[::1]:80".
        if (text.ContainsAny('%', '[') || !IPAddress.TryParse(text, out IPAddress? parsed))
        {
            return false;
        }

        // IPAddress.TryParse reads "1" and "0x7f.1" as IPv4: only the four-part decimal form is an address here.
        if (parsed.AddressFamily == AddressFamily.InterNetwork && (text.Count('.') != 3 || text.ContainsAny("xX") || HasLeadingZero(text)))
        {
            return false;
        }

        address = From(parsed);
        return true;
    }

    /// <summary>The platform's type.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> octets = stackalloc byte[16];
        WriteOctets(octets);
        return IsIPv4 ? new IPAddress(octets[12..]) : new IPAddress(octets);
    }

    /// <summary>Writes the 16 octets in network order.</summary>
    public void WriteOctets(Span<byte> octets)
    {
        BinaryPrimitives.WriteUInt64BigEndian(octets, High);
        BinaryPrimitives.WriteUInt64BigEndian(octets[8..], Low);
    }

    /// <summary>Writes the text form (RFC 5952), or "unix" for none; returns its length.</summary>
    public int Format(Span<byte> text)
    {
        if (IsNone)
        {
            "unix"u8.CopyTo(text);
            return 4;
        }

        return IpAddressText.Write(this, text);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        Span<byte> text = stackalloc byte[MaxTextOctets];
        return Encoding.ASCII.GetString(text[..Format(text)]);
    }

    private static bool HasLeadingZero(ReadOnlySpan<char> text)
    {
        bool atStart = true;
        for (int i = 0; i < text.Length; i++)
        {
            if (atStart && text[i] == '0' && i + 1 < text.Length && text[i + 1] != '.')
            {
                return true;
            }

            atStart = text[i] == '.';
        }

        return false;
    }
}
