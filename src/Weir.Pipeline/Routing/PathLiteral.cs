using System.Globalization;
using System.Text;

namespace Weir.Pipeline.Routing;

/// <summary>
/// Brings a path from the configuration into the form that request paths have: unreserved octets are plain, all others are escaped with
/// capital digits (RFC 3986 section 6.2.2). What no request path can hold after that is a mistake.
/// </summary>
internal static class PathLiteral
{
    private const string Capitals = "0123456789ABCDEF";

    // RFC 3986 section 3.3: what a path holds unescaped beside letters and digits.
    private const string PlainMarks = "-._~!$&'()*+,;=:@/";

    /// <summary>Normalises a literal.</summary>
    /// <param name="path">The path; empty stands for the prefix of every path.</param>
    /// <param name="text">What the user wrote, for messages.</param>
    /// <param name="octets">The path in normal form.</param>
    public static PatternError? Normalise(string path, string text, out byte[] octets)
    {
        octets = [];
        PatternError? error = Refuse(path, text);
        if (error is not null)
        {
            return error;
        }

        List<byte> normal = [];
        byte[] source = Encoding.UTF8.GetBytes(path);
        for (int i = 0; i < source.Length; i++)
        {
            if (source[i] != (byte)'%')
            {
                Append(normal, source[i], IsPlain(source[i]));
                continue;
            }

            if (!TryHex(source, i + 1, out byte value))
            {
                return new PatternError($"The path '{text}' has a % without two hexadecimal digits.", "Write %25 for a percent sign.");
            }

            if (value is < 0x20 or 0x7F or (byte)'\\')
            {
                return Unmatchable(text, "an escaped control character or backslash");
            }

            Append(normal, value, IsUnreserved(value));
            i += 2;
        }

        octets = [.. normal];
        return HasDotSegment(octets) ? Unmatchable(text, "a \".\" or \"..\" segment") : null;
    }

    private static PatternError? Refuse(string path, string text)
    {
        if (path.Length > 0 && !path.StartsWith('/') || text.Length == 0)
        {
            return new PatternError($"The path '{text}' does not begin with \"/\".", "Write \"/name\", \"/name/*\" or \"~ expression\".");
        }

        if (path.Contains('*', StringComparison.Ordinal))
        {
            return new PatternError(
                $"The path '{text}' has a * that is not a whole last segment.",
                "A prefix is \"/name/*\"; for anything else write a regular expression: \"~ ^/name\". A literal * is %2A.");
        }

        if (path.AsSpan().ContainsAny('?', '#'))
        {
            return new PatternError($"The path '{text}' holds a query or a fragment.", "Leave it out: only the path is compared.");
        }

        return path.AsSpan().ContainsAnyInRange('\0', '\x1F') || path.AsSpan().ContainsAny('\\', '\x7F')
            ? Unmatchable(text, "a control character or a backslash")
            : null;
    }

    private static PatternError Unmatchable(string text, string what) =>
        new($"The path '{text}' has {what}: no request path holds one after normalisation, so the route could never match.",
            "Write the path as it is after normalisation.");

    private static void Append(List<byte> normal, byte octet, bool isPlain)
    {
        if (isPlain)
        {
            normal.Add(octet);
            return;
        }

        normal.Add((byte)'%');
        normal.Add((byte)Capitals[octet >> 4]);
        normal.Add((byte)Capitals[octet & 0xF]);
    }

    private static bool TryHex(byte[] source, int at, out byte value)
    {
        value = 0;
        return at + 2 <= source.Length
            && byte.TryParse(source.AsSpan(at, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    private static bool IsPlain(byte octet) => IsUnreserved(octet) || PlainMarks.Contains((char)octet, StringComparison.Ordinal);

    private static bool IsUnreserved(byte octet) =>
        char.IsAsciiLetterOrDigit((char)octet) || octet is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~';

    private static bool HasDotSegment(ReadOnlySpan<byte> path)
    {
        foreach (Range range in path.Split((byte)'/'))
        {
            if (path[range].SequenceEqual("."u8) || path[range].SequenceEqual(".."u8))
            {
                return true;
            }
        }

        return false;
    }
}
