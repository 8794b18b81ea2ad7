// Hot: asked for each response that may be compressed.
using System.Text;

namespace Weir.Codings.Negotiation;

/// <summary>A set of content types: exact ones, whole types ("text/*") and structured suffixes ("+json", RFC 6839).</summary>
public sealed class ContentTypes
{
    /// <summary>Types whose content grows much smaller by compressing.</summary>
    public static readonly IReadOnlyList<string> Compressible =
    [
        "text/*", "application/json", "application/javascript", "application/x-javascript", "application/xml", "+json", "+xml", "application/wasm",
        "application/x-ndjson", "application/graphql", "application/vnd.ms-fontobject", "font/ttf", "font/otf", "image/bmp", "image/x-icon",
        "image/vnd.microsoft.icon",
    ];

    private readonly byte[][] _exact;
    private readonly byte[][] _prefixes;
    private readonly byte[][] _suffixes;

    private ContentTypes(IEnumerable<string> patterns)
    {
        ILookup<char, byte[]> all = patterns.ToLookup(KindOf, pattern => Encoding.ASCII.GetBytes(pattern.TrimEnd('*')));
        _exact = [.. all['/']];
        _prefixes = [.. all['*']];
        _suffixes = [.. all['+']];
    }

    /// <summary>The set of these patterns; null with the first one that is none.</summary>
    public static ContentTypes? Of(IReadOnlyList<string> patterns, out string? bad)
    {
        bad = patterns.FirstOrDefault(pattern => !IsPattern(pattern));
        return bad is null ? new ContentTypes(patterns) : null;
    }

    /// <summary>Whether the type of a Content-Type field is in the set; its parameters do not matter.</summary>
    public bool Has(ReadOnlySpan<byte> contentType)
    {
        int semicolon = contentType.IndexOf((byte)';');
        ReadOnlySpan<byte> type = (semicolon < 0 ? contentType : contentType[..semicolon]).Trim(" \t"u8);
        foreach (byte[] prefix in _prefixes)
        {
            if (type.Length > prefix.Length && Ascii.EqualsIgnoreCase(type[..prefix.Length], prefix))
            {
                return true;
            }
        }

        foreach (byte[] exact in _exact)
        {
            if (Ascii.EqualsIgnoreCase(type, exact))
            {
                return true;
            }
        }

        foreach (byte[] suffix in _suffixes)
        {
            if (type.Length > suffix.Length && Ascii.EqualsIgnoreCase(type[^suffix.Length..], suffix))
            {
                return true;
            }
        }

        return false;
    }

    private static char KindOf(string pattern) =>
        pattern.StartsWith('+') ? '+' : pattern.EndsWith("/*", StringComparison.Ordinal) ? '*' : '/';

    private static bool IsPattern(string pattern)
    {
        ReadOnlySpan<char> rest = pattern;
        if (rest.StartsWith('+'))
        {
            return IsToken(rest[1..]);
        }

        int slash = rest.IndexOf('/');
        return slash > 0 && IsToken(rest[..slash]) && (rest[(slash + 1)..] is "*" || IsToken(rest[(slash + 1)..]));
    }

    private static bool IsToken(ReadOnlySpan<char> text)
    {
        foreach (char letter in text)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && !"!#$&^_.+-".Contains(letter))
            {
                return false;
            }
        }

        return !text.IsEmpty;
    }
}
