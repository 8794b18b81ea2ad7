using System.Diagnostics.CodeAnalysis;

namespace Weir.Upstream.Resolving;

/// <summary>Domain names as text: lower case, no dot at the end. Only letters, digits, hyphens and underscores are asked for.</summary>
internal static class DnsName
{
    /// <summary>RFC 1035 section 2.3.4: 255 octets on the wire are 253 characters of text.</summary>
    public const int MaxLength = 253;

    /// <summary>RFC 1035 section 2.3.4.</summary>
    public const int MaxLabelLength = 63;

    /// <summary>Lower case without the dot at the end; false when the text is no name that could be asked for.</summary>
    public static bool TryNormalize(string text, [NotNullWhen(true)] out string? name)
    {
        name = null;
        string trimmed = text.EndsWith('.') ? text[..^1] : text;
        if (trimmed.Length is 0 or > MaxLength)
        {
            return false;
        }

        int labelLength = 0;
        foreach (char c in trimmed)
        {
            if (c == '.')
            {
                if (labelLength == 0)
                {
                    return false;
                }

                labelLength = 0;
                continue;
            }

            // The underscore is no host name character (RFC 952), but container names and SRV owners have it.
            if (!(char.IsAsciiLetterOrDigit(c) || c is '-' or '_') || ++labelLength > MaxLabelLength)
            {
                return false;
            }
        }

        if (labelLength == 0)
        {
            return false;
        }

        name = trimmed.ToLowerInvariant();
        return true;
    }

    /// <summary>Whether the name is <paramref name="zone"/> or ends in it, label by label; both normalized.</summary>
    public static bool IsWithin(string name, string zone) =>
        name.EndsWith(zone, StringComparison.Ordinal)
        && (name.Length == zone.Length || name[name.Length - zone.Length - 1] == '.');

    /// <summary>
    /// Whether the last label is a number. Such text is a mistyped IPv4 address ("10.0.0", "0x7f.1"), which other software reads as an
    /// address: asking for it could only bring surprises.
    /// </summary>
    public static bool LooksLikeAddress(string name)
    {
        ReadOnlySpan<char> last = name.AsSpan(name.LastIndexOf('.') + 1);
        return !last.ContainsAnyExceptInRange('0', '9')
            || (last.StartsWith("0x", StringComparison.Ordinal) && !last[2..].ContainsAnyExcept("0123456789abcdef"));
    }
}
