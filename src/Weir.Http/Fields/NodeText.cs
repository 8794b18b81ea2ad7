using System.Buffers;
using Weir.Abstractions.Exchanges;
using Weir.Http.Semantics;

namespace Weir.Http.Fields;

/// <summary>An address with an optional port, as forwarding fields hold it.</summary>
internal static class NodeText
{
    private static readonly SearchValues<byte> _portOctets =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._-"u8);

    /// <summary>Reads "1.2.3.4", "1.2.3.4:5", "::1", "[::1]" or "[::1]:5"; the port is checked and forgotten.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out IpAddress address)
    {
        address = default;
        if (text.IsEmpty)
        {
            return false;
        }

        if (text[0] == (byte)'[')
        {
            int close = text.IndexOf((byte)']');
            return close > 0 && AddressText.TryParseIPv6(text[1..close], out address) && IsPort(text[(close + 1)..]);
        }

        int colon = text.IndexOf((byte)':');
        if (colon >= 0 && !text[(colon + 1)..].Contains((byte)':'))
        {
            bool isIPv4 = AddressText.TryParseIPv4(text[..colon], out uint value) && IsPort(text[colon..]);
            address = isIPv4 ? IpAddress.FromIPv4(value) : default;
            return isIPv4;
        }

        return AddressText.TryParse(text, out address);
    }

    /// <summary>Writes an address, or "unknown" (RFC 7239 section 6.2) for a peer that has none.</summary>
    public static int Write(IpAddress address, Span<byte> target)
    {
        if (!address.IsNone)
        {
            return AddressText.Write(address, target);
        }

        "unknown"u8.CopyTo(target);
        return 7;
    }

    // RFC 7239 section 6: a port may be obfuscated.
    private static bool IsPort(ReadOnlySpan<byte> text) =>
        text.IsEmpty || (text.Length > 1 && text[0] == (byte)':' && !text[1..].ContainsAnyExcept(_portOctets));
}
