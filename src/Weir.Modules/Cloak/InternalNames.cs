// Hot: looks at the fields of each response that passes the module, and by option at its content.
using System.Buffers;
using System.Text;

namespace Weir.Modules.Cloak;

/// <summary>Finds host names and addresses that nobody outside may learn.</summary>
internal sealed class InternalNames
{
    /// <summary>Octets of the longest match: a scheme, a name (RFC 1035 section 2.3.4) and a port.</summary>
    public const int MostOctets = 8 + LongestHost + 6;

    private const int LongestHost = 255;

    private static readonly SearchValues<byte> _hostOctets =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"u8);

    /// <summary>The octets that a match can hold: where they end, a name has ended.</summary>
    public static readonly SearchValues<byte> Octets =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:/[]"u8);

    private static readonly SearchValues<byte> _literalOctets = SearchValues.Create("0123456789abcdefABCDEF:."u8);

    private readonly byte[][] _exact;
    private readonly byte[][] _ends;

    private InternalNames(byte[][] exact, byte[][] ends)
    {
        _exact = exact;
        _ends = ends;
    }

    /// <summary>Compiles the names; null after an error was reported.</summary>
    public static InternalNames? Parse(CheckedBuilder check, string option, IReadOnlyList<string> names)
    {
        List<byte[]> exact = [];
        List<byte[]> ends = [];
        for (int i = 0; i < names.Count; i++)
        {
            string name = names[i];
            bool isWild = name.StartsWith("*.", StringComparison.Ordinal);
            byte[] octets = Encoding.UTF8.GetBytes(isWild ? name[1..] : name);
            bool isName = octets.Length is > 1 and <= LongestHost && octets.AsSpan().IndexOfAnyExcept(_hostOctets) < 0;
            if (!isName || octets[^1] == (byte)'.' || (!isWild && octets[0] == (byte)'.'))
            {
                check.Error(
                    $"{option}[{i}]",
                    $"\"{name}\" is not a host name.",
                    "Write app.internal, or *.corp.example for all below a name; no scheme and no port. Private addresses need no entry.");
                continue;
            }

            (isWild ? ends : exact).Add(octets);
        }

        return check.HasErrors ? null : new InternalNames([.. exact], [.. ends]);
    }

    /// <summary>Whether a place in text can be the beginning of a name: no part of one stands in front of it.</summary>
    public static bool IsStart(ReadOnlySpan<byte> text, int at) =>
        at == 0 || !(_hostOctets.Contains(text[at - 1]) || (text[at - 1] == (byte)':' && text[at] == (byte)'/'));

    /// <summary>Looks at the beginning of some text.</summary>
    /// <param name="text">From the place on.</param>
    /// <param name="server">The server that answered, as host[:port]; null when none did.</param>
    /// <param name="publicHost">The host that the client asked: it knows that one.</param>
    public InternalMatch Match(ReadOnlySpan<byte> text, string? server, ReadOnlySpan<byte> publicHost)
    {
        int scheme = SchemeOf(text);
        int slashes = text[scheme..].StartsWith("//"u8) ? 2 : 0;
        if (scheme > 0 && slashes == 0)
        {
            return default;
        }

        int start = scheme + slashes;
        ReadOnlySpan<byte> host = HostOf(text[start..]);
        if (host.IsEmpty)
        {
            return default;
        }

        int port = PortOf(text[(start + host.Length)..]);
        ReadOnlySpan<byte> authority = text.Slice(start, host.Length + port);
        bool isKnown = host.SequenceEqual(publicHost) && !IsServer(authority, server);
        bool isInternal = !isKnown
            && (IsPrivate(host) || IsListed(host, slashes > 0) || IsServer(authority, server) || IsServer(host, server));
        return isInternal ? new InternalMatch(start + authority.Length, scheme, slashes, port > 0) : default;
    }

    /// <summary>Whether a host alone, perhaps with a dot in front or behind, is internal.</summary>
    public bool IsInternal(ReadOnlySpan<byte> host, string? server)
    {
        host = host.Trim((byte)'.');
        return !host.IsEmpty && (IsPrivate(host) || IsListed(host, isInUrl: true) || IsServer(host, server));
    }

    private static int SchemeOf(ReadOnlySpan<byte> text)
    {
        int colon = text[..Math.Min(text.Length, 6)].IndexOf((byte)':');
        if (colon < 2)
        {
            return 0;
        }

        ReadOnlySpan<byte> name = text[..colon];
        bool isKnown = Ascii.EqualsIgnoreCase(name, "http"u8) || Ascii.EqualsIgnoreCase(name, "https"u8)
            || Ascii.EqualsIgnoreCase(name, "ws"u8) || Ascii.EqualsIgnoreCase(name, "wss"u8);
        return isKnown ? colon + 1 : 0;
    }

    // Without the dot that ends a sentence, or a fully qualified name.
    private static ReadOnlySpan<byte> HostOf(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("["u8))
        {
            int end = text[1..].IndexOfAnyExcept(_literalOctets) + 1;
            return end > 2 && text[end] == (byte)']' ? text[..(end + 1)] : default;
        }

        int length = text.IndexOfAnyExcept(_hostOctets);
        ReadOnlySpan<byte> host = length < 0 ? text : text[..length];
        return host.Length > LongestHost ? default : host.TrimEnd((byte)'.');
    }

    private static int PortOf(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith(":"u8))
        {
            return 0;
        }

        int digits = text[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        digits = digits < 0 ? text.Length - 1 : digits;
        return digits is > 0 and <= 5 ? 1 + digits : 0;
    }

    // RFC 1918, RFC 6598, RFC 1122 section 3.2.1.3 (127/8), RFC 3927, RFC 4193, RFC 4291 section 2.5.
    private static bool IsPrivate(ReadOnlySpan<byte> host)
    {
        if (host[0] == (byte)'[')
        {
            ReadOnlySpan<byte> literal = host[1..^1];
            return literal.SequenceEqual("::1"u8)
                || (literal.Length > 4 && IsPrivatePrefix(literal[0] | 0x20, literal[1] | 0x20, literal[2] | 0x20));
        }

        if (host[0] is < (byte)'1' or > (byte)'9')
        {
            return Ascii.EqualsIgnoreCase(host, "localhost"u8);
        }

        Span<int> parts = stackalloc int[4];
        int part = 0;
        int digits = 0;
        foreach (byte octet in host)
        {
            if (octet == (byte)'.')
            {
                if (digits == 0 || ++part == 4)
                {
                    return false;
                }

                digits = 0;
                continue;
            }

            if (octet is < (byte)'0' or > (byte)'9' || ++digits > 3)
            {
                return false;
            }

            parts[part] = (parts[part] * 10) + octet - '0';
        }

        return part == 3 && digits > 0 && parts[1] < 256 && parts[2] < 256 && parts[3] < 256 && parts[0] switch
        {
            10 or 127 => true,
            100 => parts[1] is >= 64 and < 128,
            169 => parts[1] == 254,
            172 => parts[1] is >= 16 and < 32,
            192 => parts[1] == 168,
            _ => false,
        };
    }

    private static bool IsPrivatePrefix(int first, int second, int third) =>
        first == 'f' && (second is 'c' or 'd' || (second == 'e' && third is ('8' or '9' or 'a' or 'b')));

    private static bool IsServer(ReadOnlySpan<byte> named, string? server)
    {
        if (server is null || named.IndexOfAny((byte)'.', (byte)':') < 0)
        {
            return false;
        }

        int colon = server.LastIndexOf(':');
        return Ascii.EqualsIgnoreCase(named, server) || (colon > 0 && Ascii.EqualsIgnoreCase(named, server.AsSpan(0, colon)));
    }

    // A name without a dot is a word like any other, unless it stands in a URL.
    private bool IsListed(ReadOnlySpan<byte> host, bool isInUrl)
    {
        bool isWord = !isInUrl && !host.Contains((byte)'.');
        foreach (byte[] name in _exact)
        {
            if (!isWord && Ascii.EqualsIgnoreCase(host, name))
            {
                return true;
            }
        }

        foreach (byte[] end in _ends)
        {
            if (host.Length > end.Length && Ascii.EqualsIgnoreCase(host[^end.Length..], end))
            {
                return true;
            }
        }

        return false;
    }
}
