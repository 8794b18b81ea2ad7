using System.Buffers;
using Weir.Abstractions.Exchanges;
using Weir.Config.Model;

namespace Weir.Config.Shapes;

/// <summary>Where origins are.</summary>
internal static class OriginSyntax
{
    private const int LongestName = 253;
    private const int LongestLabel = 63;

    // RFC 1123 section 2.1, and the underscore that service names in containers bear.
    private static readonly SearchValues<char> _labelCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_");

    internal static Parsed Url(string text)
    {
        const string Remedy = "Write http://HOST or http://HOST:PORT.";
        int mark = text.IndexOf("://", StringComparison.Ordinal);
        if (mark < 0)
        {
            return Parsed.Wrong("is a URL without a scheme", $"Write \"http://{text}\".");
        }

        string scheme = text[..mark].ToLowerInvariant();
        if (scheme is not ("http" or "https"))
        {
            return Parsed.Wrong($"has the scheme {scheme}", "Write http:// or https://; WebSockets come with either.");
        }

        string rest = text[(mark + 3)..];
        int slash = rest.AsSpan().IndexOfAny('/', '?', '#');
        if (slash >= 0 && rest[slash..] != "/")
        {
            return Parsed.Wrong("has a path", $"Write {text[..(mark + 3 + slash)]}; the module `rewrite` changes paths.");
        }

        string authority = slash < 0 ? rest : rest[..slash];
        if (authority.Contains('@'))
        {
            return Parsed.Wrong("has a user in it", "Remove it; the module `headers` sets Authorization.");
        }

        bool isTls = scheme == "https";
        (string? host, int? port) = Split(authority, isTls ? 443 : 80);
        return host is null || port is null
            ? Parsed.Wrong(host is null ? "has no valid host" : "has no valid port", Remedy)
            : Parsed.Of(new OriginUrl(isTls, host, port.Value));
    }

    internal static Parsed Dns(string text)
    {
        const string Remedy = "Write HOST:PORT, as in app.internal:8080.";
        (string? host, int? port) = Split(text, 0);
        if (host is null || port is null)
        {
            return Parsed.Wrong(host is null ? "has no valid host" : "has no valid port", Remedy);
        }

        return IpAddress.TryParse(host, out _)
            ? Parsed.Wrong("is an address, not a name", $"Write it as a URL: http://{text}.")
            : Parsed.Of(new DnsName(host, port == 0 ? null : port));
    }

    /// <summary>A name of labels, in lower case.</summary>
    internal static bool IsHostName(string name) =>
        name.Length is > 0 and <= LongestName
        && name.Split('.').All(IsLabel);

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= LongestLabel && !label.AsSpan().ContainsAnyExcept(_labelCharacters)
        && label[0] != '-' && label[^1] != '-';

    internal static (string? Host, int? Port) Split(string authority, int defaultPort)
    {
        bool isBracketed = authority.StartsWith('[');
        int end = isBracketed ? authority.IndexOf(']') + 1 : authority.IndexOf(':');
        end = end < 0 ? authority.Length : end;
        if (isBracketed && end == 0)
        {
            return (null, null);
        }

        int? port = defaultPort;
        if (end < authority.Length)
        {
            port = authority[end] == ':' ? AddressSyntax.Port(authority[(end + 1)..], 1) : null;
        }

        string host = isBracketed ? authority[1..(end - 1)] : authority[..end].ToLowerInvariant();
        return (IsHost(host, isBracketed) ? host : null, port);
    }

    private static bool IsHost(string host, bool isBracketed)
    {
        bool isAddress = IpAddress.TryParse(host, out IpAddress address);
        if (isBracketed || isAddress)
        {
            return isAddress && isBracketed == !address.IsIPv4;
        }

        // WHATWG's URL rule: a name whose last label is a number was meant as an address.
        return IsHostName(host) && !host.Split('.')[^1].All(char.IsAsciiDigit);
    }
}
