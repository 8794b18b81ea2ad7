using System.Globalization;
using Weir.Abstractions.Exchanges;
using Weir.Config.Model;

namespace Weir.Config.Shapes;

/// <summary>Addresses and ranges of them.</summary>
internal static class AddressSyntax
{
    // sockaddr_un holds 108 octets, the final zero included.
    private const int LongestUnixPath = 107;
    private const string ListenRemedy = "Write \":8080\", \"127.0.0.1:8080\", \"[::1]:8080\" or \"unix:/run/weir.sock\".";

    internal static Parsed Prefix(string text)
    {
        const string Remedy = "Write an address or a range: 10.0.0.1, 10.0.0.0/8, 2001:db8::/32.";
        if (!IpPrefix.TryParse(text, out IpPrefix prefix))
        {
            int slash = text.IndexOf('/');
            bool isAddress = slash > 0 && IpAddress.TryParse(text.AsSpan(0, slash), out _);
            return Parsed.Wrong(isAddress ? "has no valid length behind the slash" : "is not a range of addresses", Remedy);
        }

        int end = text.IndexOf('/');
        bool isExact = IpAddress.TryParse(end < 0 ? text : text.AsSpan(0, end), out IpAddress written) && written == prefix.Address;
        return isExact
            ? Parsed.Of(prefix)
            : Parsed.Wrong("has bits set behind its length", $"Write {prefix} for the whole range, or {written} for the one address.");
    }

    internal static Parsed Listen(string text)
    {
        if (text.StartsWith("unix:", StringComparison.Ordinal))
        {
            return Unix(text["unix:".Length..]);
        }

        int colon = text.LastIndexOf(':');
        if (colon < 0)
        {
            bool isPort = Port(text, 0) is not null;
            return Parsed.Wrong("has no port", isPort ? $"Write \":{text}\"." : ListenRemedy);
        }

        if (Port(text[(colon + 1)..], 0) is not { } port)
        {
            return Parsed.Wrong("does not end with a port from 0 to 65535", ListenRemedy);
        }

        string host = text[..colon];
        if (host.Length == 0)
        {
            return Parsed.Of(ListenAddress.Any(port));
        }

        bool isBracketed = host.StartsWith('[') && host.EndsWith(']');
        if (!isBracketed && host.Contains(':'))
        {
            return Parsed.Wrong("is an IPv6 address without brackets", ListenRemedy);
        }

        return IpAddress.TryParse(isBracketed ? host[1..^1] : host, out IpAddress address) && address.IsIPv4 != isBracketed
            ? Parsed.Of(new ListenAddress(address, port, null))
            : Parsed.Wrong(
                "does not begin with an address",
                host == "localhost" ? $"Write \"127.0.0.1:{port}\" or \"[::1]:{port}\"." : ListenRemedy);
    }

    /// <summary>A port, or null.</summary>
    internal static int? Port(string text, int least) =>
        text.Length is > 0 and <= 5 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port)
        && port >= least && port <= ushort.MaxValue
            ? port
            : null;

    private static Parsed Unix(string path)
    {
        if (path.Length == 0 || path.Contains('\0'))
        {
            return Parsed.Wrong("names no socket", ListenRemedy);
        }

        return System.Text.Encoding.UTF8.GetByteCount(path) > LongestUnixPath
            ? Parsed.Wrong("has a longer path than a unix socket can have", $"Use at most {LongestUnixPath} octets.")
            : Parsed.Of(new ListenAddress(null, 0, path));
    }
}
