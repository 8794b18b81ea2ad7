using System.Buffers.Binary;
using System.Text;
using Weir.Abstractions.Exchanges;

namespace Weir.Net.ProxyProtocol;

/// <summary>
/// The header that a proxy in front puts before a connection's first octet (the PROXY protocol, versions 1 and 2). TLVs of version 2 are
/// skipped; addresses of other families than IP leave the connection's own addresses in place, as LOCAL and UNKNOWN do.
/// </summary>
/// <param name="HasAddresses">Whether the addresses below are to be used.</param>
/// <param name="Source">The client's address.</param>
/// <param name="SourcePort">The client's port.</param>
/// <param name="Destination">The address the client connected to.</param>
/// <param name="DestinationPort">The port the client connected to.</param>
public readonly record struct ProxyHeader(bool HasAddresses, IpAddress Source, int SourcePort, IpAddress Destination, int DestinationPort)
{
    /// <summary>The most octets of a version 1 line, CRLF included.</summary>
    public const int MaxV1Octets = 107;

    /// <summary>The most octets of a version 2 header that are accepted: addresses and a few hundred octets of TLVs.</summary>
    public const int MaxV2Octets = 16 + 2048;

    /// <summary>Enough room for <see cref="WriteV1"/> and <see cref="WriteV2"/>.</summary>
    public const int MaxWrittenOctets = MaxV1Octets;

    private const int FixedV2Octets = 16;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Reads a header at the beginning of a connection.</summary>
    public static ProxyHeaderStatus Read(ReadOnlySpan<byte> input, out ProxyHeader header, out int consumed)
    {
        header = default;
        consumed = 0;
        int common = Math.Min(input.Length, Signature.Length);
        if (input[..common].SequenceEqual(Signature[..common]))
        {
            return common < Signature.Length ? ProxyHeaderStatus.NeedMore : ReadV2(input, out header, out consumed);
        }

        return ReadV1(input, out header, out consumed);
    }

    /// <summary>Writes a version 1 line; returns its length.</summary>
    public int WriteV1(Span<byte> target)
    {
        if (!HasAddresses || Source.IsNone || Destination.IsNone)
        {
            "PROXY UNKNOWN\r\n"u8.CopyTo(target);
            return 15;
        }

        bool isIPv4 = Source.IsIPv4 && Destination.IsIPv4;
        string line = $"PROXY {(isIPv4 ? "TCP4" : "TCP6")} {Text(Source, isIPv4)} {Text(Destination, isIPv4)} {SourcePort} {DestinationPort}\r\n";
        return Encoding.ASCII.GetBytes(line, target);
    }

    /// <summary>Writes a version 2 header; returns its length.</summary>
    public int WriteV2(Span<byte> target)
    {
        Signature.CopyTo(target);
        bool isKnown = HasAddresses && !Source.IsNone && !Destination.IsNone;
        target[12] = isKnown ? (byte)0x21 : (byte)0x20;
        if (!isKnown)
        {
            target[13] = 0;
            BinaryPrimitives.WriteUInt16BigEndian(target[14..], 0);
            return FixedV2Octets;
        }

        bool isIPv4 = Source.IsIPv4 && Destination.IsIPv4;
        int width = isIPv4 ? 4 : 16;
        target[13] = isIPv4 ? (byte)0x11 : (byte)0x21;
        BinaryPrimitives.WriteUInt16BigEndian(target[14..], (ushort)((width * 2) + 4));
        Span<byte> octets = stackalloc byte[16];
        Source.WriteOctets(octets);
        octets[^width..].CopyTo(target[FixedV2Octets..]);
        Destination.WriteOctets(octets);
        octets[^width..].CopyTo(target[(FixedV2Octets + width)..]);
        BinaryPrimitives.WriteUInt16BigEndian(target[(FixedV2Octets + (width * 2))..], (ushort)SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(target[(FixedV2Octets + (width * 2) + 2)..], (ushort)DestinationPort);
        return FixedV2Octets + (width * 2) + 4;
    }

    private static ProxyHeaderStatus ReadV2(ReadOnlySpan<byte> input, out ProxyHeader header, out int consumed)
    {
        header = default;
        consumed = 0;
        if (input.Length < FixedV2Octets)
        {
            return ProxyHeaderStatus.NeedMore;
        }

        int version = input[12] >> 4;
        int command = input[12] & 0xF;
        int length = BinaryPrimitives.ReadUInt16BigEndian(input[14..]);
        if (version != 2 || command > 1 || FixedV2Octets + length > MaxV2Octets)
        {
            return ProxyHeaderStatus.Malformed;
        }

        if (input.Length < FixedV2Octets + length)
        {
            return ProxyHeaderStatus.NeedMore;
        }

        consumed = FixedV2Octets + length;
        ReadOnlySpan<byte> addresses = input.Slice(FixedV2Octets, length);
        int width = (input[13] >> 4) switch { 1 => 4, 2 => 16, _ => 0 };
        if (command == 0 || width == 0)
        {
            return ProxyHeaderStatus.Complete;
        }

        if (length < (width * 2) + 4)
        {
            return ProxyHeaderStatus.Malformed;
        }

        header = new ProxyHeader(
            true,
            IpAddress.FromOctets(addresses[..width]),
            BinaryPrimitives.ReadUInt16BigEndian(addresses[(width * 2)..]),
            IpAddress.FromOctets(addresses.Slice(width, width)),
            BinaryPrimitives.ReadUInt16BigEndian(addresses[((width * 2) + 2)..]));
        return ProxyHeaderStatus.Complete;
    }

    private static ProxyHeaderStatus ReadV1(ReadOnlySpan<byte> input, out ProxyHeader header, out int consumed)
    {
        header = default;
        consumed = 0;
        ReadOnlySpan<byte> prefix = "PROXY "u8;
        int common = Math.Min(input.Length, prefix.Length);
        if (!input[..common].SequenceEqual(prefix[..common]))
        {
            return ProxyHeaderStatus.Malformed;
        }

        int end = input[..Math.Min(input.Length, MaxV1Octets)].IndexOf("\r\n"u8);
        if (end < 0)
        {
            return input.Length >= MaxV1Octets ? ProxyHeaderStatus.Malformed : ProxyHeaderStatus.NeedMore;
        }

        consumed = end + 2;
        return TryReadLine(input[..end], out header) ? ProxyHeaderStatus.Complete : ProxyHeaderStatus.Malformed;
    }

    private static bool TryReadLine(ReadOnlySpan<byte> line, out ProxyHeader header)
    {
        header = default;
        string[] parts = Encoding.ASCII.GetString(line).Split(' ');
        if (parts.Length >= 2 && parts[1] == "UNKNOWN")
        {
            return true;
        }

        if (parts.Length != 6 || parts[1] is not ("TCP4" or "TCP6")
            || !IpAddress.TryParse(parts[2], out IpAddress source) || !IpAddress.TryParse(parts[3], out IpAddress destination)
            || !TryReadPort(parts[4], out int sourcePort) || !TryReadPort(parts[5], out int destinationPort))
        {
            return false;
        }

        // In a TCP6 line an IPv4 address stands in its IPv6 form, "::ffff:192.0.2.1": the text tells the family.
        bool isIPv6 = parts[1] == "TCP6";
        if (parts[2].Contains(':') != isIPv6 || parts[3].Contains(':') != isIPv6)
        {
            return false;
        }

        header = new ProxyHeader(true, source, sourcePort, destination, destinationPort);
        return true;
    }

    private static bool TryReadPort(string text, out int port)
    {
        bool isPort = ushort.TryParse(text, System.Globalization.NumberStyles.None, null, out ushort value)
            && (text.Length == 1 || text[0] != '0');
        port = value;
        return isPort;
    }

    // In a mixed pair the IPv4 address is written in its IPv6 form.
    private static string Text(IpAddress address, bool isIPv4)
    {
        if (isIPv4 || !address.IsIPv4)
        {
            return address.ToString();
        }

        return "::ffff:" + address;
    }
}
