using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Http.Semantics;

namespace Weir.Pipeline.Routing;

/// <summary>
/// A site's host key in the form that requests are compared in: lower case, no trailing dot, no port, names in their ASCII form, IPv6
/// in brackets (RFC 5952). Equal patterns take the same hosts.
/// </summary>
public sealed record SitePattern
{
    private const int MaxHostOctets = 253;
    private const int MaxLabelOctets = 63;

    // RFC 952 and 1123 know letters, digits and hyphens; underscores occur in real names.
    private static readonly SearchValues<char> _labelCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_");

    private SitePattern(SitePatternKind kind, string host)
    {
        Kind = kind;
        Host = host;
    }

    /// <summary>What hosts it stands for.</summary>
    public SitePatternKind Kind { get; }

    /// <summary>The host, or what follows "*." in a wildcard; empty for the default.</summary>
    public string Host { get; }

    /// <summary>Reads one key: a host, <c>*.</c> and a host, or <c>*</c>. Several hosts in one key are split by the caller.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out SitePattern? pattern, [NotNullWhen(false)] out PatternError? error)
    {
        pattern = null;
        error = null;
        string key = text.Trim();
        if (key == "*")
        {
            pattern = new SitePattern(SitePatternKind.Default, string.Empty);
            return true;
        }

        bool isWildcard = key.StartsWith("*.", StringComparison.Ordinal);
        error = Normalise(isWildcard ? key[2..] : key, isWildcard, text, out string host);
        if (error is null)
        {
            pattern = new SitePattern(isWildcard ? SitePatternKind.Wildcard : SitePatternKind.Exact, host);
        }

        return error is null;
    }

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        SitePatternKind.Default => "*",
        SitePatternKind.Wildcard => "*." + Host,
        _ => Host,
    };

    internal byte[] HostOctets() => Encoding.ASCII.GetBytes(Host);

    private static PatternError? Normalise(string host, bool isWildcard, string text, out string normal)
    {
        normal = host;
        if (host.Contains("://", StringComparison.Ordinal) || host.Contains('/', StringComparison.Ordinal))
        {
            return new PatternError($"'{text}' is a URL, not a host.", "Write the host alone; paths belong to the site's routes.");
        }

        if (host.StartsWith('['))
        {
            return isWildcard ? BadHost(text) : NormaliseIPv6(host, text, out normal);
        }

        if (host.Contains(':', StringComparison.Ordinal))
        {
            return IPAddress.TryParse(host, out _)
                ? new PatternError($"The IPv6 address '{text}' has no brackets.", $"Write \"[{host}]\".")
                : new PatternError($"'{text}' names a port.", "Leave the port out: listen says on which ports Weir serves.");
        }

        return NormaliseName(host, text, out normal);
    }

    private static PatternError? NormaliseIPv6(string host, string text, out string normal)
    {
        normal = host;
        if (!host.EndsWith(']') || !AddressText.TryParseIPv6(Encoding.UTF8.GetBytes(host[1..^1]), out IpAddress address))
        {
            return new PatternError($"'{text}' is not an IPv6 address in brackets.", "Write it like \"[2001:db8::1]\", without a port.");
        }

        // As requests' hosts are written: an equal host has equal octets.
        Span<byte> text6 = stackalloc byte[IpAddress.MaxTextOctets];
        int length = AddressText.WriteIPv6(address, text6);
        normal = $"[{Encoding.ASCII.GetString(text6[..length])}]";
        return null;
    }

    private static PatternError? NormaliseName(string host, string text, out string normal)
    {
        normal = host.EndsWith('.') ? host[..^1] : host;
        if (!TryAscii(ref normal) || normal.Length is 0 or > MaxHostOctets)
        {
            return BadHost(text);
        }

        foreach (Range label in normal.AsSpan().Split('.'))
        {
            ReadOnlySpan<char> characters = normal.AsSpan(label);
            if (characters.Contains('*'))
            {
                return new PatternError($"'{text}' has a * that is not its first label.", "A wildcard is like \"*.example.com\".");
            }

            if (characters.Length is 0 or > MaxLabelOctets || characters.ContainsAnyExcept(_labelCharacters))
            {
                return BadHost(text);
            }
        }

        return null;
    }

    private static bool TryAscii(ref string name)
    {
        if (!Ascii.IsValid(name))
        {
            try
            {
                name = new IdnMapping().GetAscii(name);
            }
            catch (ArgumentException)
            {
                return false;
            }
        }

        name = name.ToLowerInvariant();
        return true;
    }

    private static PatternError BadHost(string text) =>
        new($"'{text}' is not a host name.", "Write \"example.com\", a wildcard like \"*.example.com\", or \"*\" for every other host.");
}
