// Hot: runs for every request. See bench/Weir.Bench.Http.
using System.Buffers;
using Weir.Abstractions.Exchanges;

namespace Weir.Http.Semantics;

/// <summary>
/// host[:port] (RFC 3986 section 3.2, RFC 9110 section 4.2), as lengths within the text it was read from. No user information,
/// no percent-encoding (no DNS name needs it, and readers disagree on whether to decode it), and no comma, which would make two
/// hosts of one where fields are joined.
/// </summary>
public readonly struct Authority
{
    /// <summary>The most that <see cref="WriteLiteral"/> writes.</summary>
    public const int MaxLiteralOctets = IpAddress.MaxTextOctets + 8;

    // RFC 1035 section 3.1: 253 octets of name, a dot behind them, and a port. It is written to origins several times.
    private const int LongestAuthority = 253 + 1 + 6;

    private const int LongestPort = 5;
    private const int HighestPort = 65535;

    private static readonly SearchValues<byte> _lowerHostOctets =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-.~_!$&'()*+;="u8);

    private static readonly SearchValues<byte> _hostOctets =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.~_!$&'()*+;="u8);

    private Authority(int length, int hostLength, int port, bool hasUpperCase)
    {
        Length = length;
        HostLength = hostLength;
        Port = port;
        HasUpperCase = hasUpperCase;
    }

    /// <summary>Octets of the whole, without a colon that no port follows.</summary>
    public int Length { get; }

    /// <summary>Octets of the host, without a trailing dot; brackets of an IPv6 literal included.</summary>
    public int HostLength { get; }

    /// <summary>1 to 65535, or 0 when there is none.</summary>
    public int Port { get; }

    /// <summary>Whether the host must still be put into lower case.</summary>
    public bool HasUpperCase { get; }

    /// <summary>
    /// Writes an IPv6 literal's authority with its address in the one form (RFC 5952): "[0:0::1]:80" becomes "[::1]:80". Sites are found
    /// and origins are told by that form, so that nobody can name the same host differently here and there. Returns the octets written.
    /// </summary>
    /// <param name="text">The authority, as it was parsed.</param>
    /// <param name="target">Room for <see cref="MaxLiteralOctets"/>.</param>
    /// <param name="hostLength">Octets of the host, brackets included.</param>
    public int WriteLiteral(ReadOnlySpan<byte> text, Span<byte> target, out int hostLength)
    {
        _ = AddressText.TryParseIPv6(text[1..(HostLength - 1)], out IpAddress address);
        target[0] = (byte)'[';
        hostLength = 1 + AddressText.WriteIPv6(address, target[1..]);
        target[hostLength++] = (byte)']';
        ReadOnlySpan<byte> port = text[HostLength..Length];
        port.CopyTo(target[hostLength..]);
        return hostLength + port.Length;
    }

    /// <summary>Reads an authority that is the whole text.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Authority authority)
    {
        authority = default;
        if (text.Length > LongestAuthority)
        {
            return false;
        }

        int hostEnd = EndOfHost(text, out bool hasUpperCase);
        if (hostEnd <= 0)
        {
            return false;
        }

        int port = 0;
        int length = text.Length;
        if (hostEnd < text.Length)
        {
            if (text[hostEnd] != (byte)':' || !TryReadPort(text[(hostEnd + 1)..], out port))
            {
                return false;
            }

            length = port == 0 ? hostEnd : length;
        }

        int hostLength = hostEnd;
        if (text[hostEnd - 1] == (byte)'.')
        {
            hostLength--;
            if (hostLength == 0 || text[hostLength - 1] == (byte)'.')
            {
                return false;
            }
        }

        authority = new Authority(length, hostLength, port, hasUpperCase);
        return true;
    }

    // -1 when there is no host, or one that is not allowed.
    private static int EndOfHost(ReadOnlySpan<byte> text, out bool hasUpperCase)
    {
        hasUpperCase = false;
        int end = text.IndexOfAnyExcept(_lowerHostOctets);
        if (end < 0)
        {
            return text.Length;
        }

        byte octet = text[end];
        if (octet == (byte)':')
        {
            return end;
        }

        if (octet is >= (byte)'A' and <= (byte)'Z')
        {
            hasUpperCase = true;
            end = text.IndexOfAnyExcept(_hostOctets);
            return end < 0 ? text.Length : end;
        }

        if (end != 0 || octet != (byte)'[')
        {
            return -1;
        }

        int close = text.IndexOf((byte)']');
        if (close < 0 || !AddressText.TryParseIPv6(text[1..close], out _))
        {
            return -1;
        }

        hasUpperCase = text[..close].ContainsAnyInRange((byte)'A', (byte)'F');
        return close + 1;
    }

    // An empty port is what RFC 3986 section 3.2.3 allows and wants normalised away. Port 0 cannot be connected to, and leading zeros would
    // give one host several names.
    private static bool TryReadPort(ReadOnlySpan<byte> text, out int port)
    {
        port = 0;
        if (text.Length > LongestPort || (!text.IsEmpty && text[0] == (byte)'0'))
        {
            return false;
        }

        foreach (byte octet in text)
        {
            if (octet is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            port = (port * 10) + (octet - '0');
        }

        return port <= HighestPort;
    }
}
