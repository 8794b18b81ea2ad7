// Hot: runs for every request. See bench/Weir.Bench.Http.
using System.Buffers;

namespace Weir.Http.Semantics;

/// <summary>
/// host[:port] (RFC 3986 section 3.2, RFC 9110 section 4.2), as lengths within the text it was read from. No user information,
/// no percent-encoding (no DNS name needs it, and readers disagree on whether to decode it), and no comma, which would make two
/// hosts of one where fields are joined.
/// </summary>
public readonly struct Authority
{
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

    /// <summary>Reads an authority that is the whole text.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Authority authority)
    {
        authority = default;
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

    // An empty port is what RFC 3986 section 3.2.3 allows and wants normalised away. Port 0 cannot be connected to.
    private static bool TryReadPort(ReadOnlySpan<byte> text, out int port)
    {
        port = 0;
        if (text.Length > LongestPort)
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

        return text.IsEmpty || port is > 0 and <= HighestPort;
    }
}
