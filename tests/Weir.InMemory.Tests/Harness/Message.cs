using System.Globalization;

namespace Weir.InMemory.Tests.Harness;

/// <summary>A message as a strict and slow reader sees it. It shares no code with Weir's.</summary>
internal sealed record Message(
    string StartLine, IReadOnlyList<KeyValuePair<string, string>> Fields, string Body, string Trailers, bool IsChunked)
{
    public int Status => int.Parse(StartLine.AsSpan(9, 3), CultureInfo.InvariantCulture);

    /// <summary>The values of a field, joined; null where it is not there.</summary>
    public string? this[string name]
    {
        get
        {
            string[] values =
                [.. Fields.Where(field => field.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value)];
            return values.Length == 0 ? null : string.Join(", ", values);
        }
    }

    /// <summary>False: not all of it is there yet.</summary>
    public static bool TryRead(string text, bool isResponse, bool isHeadAnswer, bool isEnded, out Message message, out int consumed)
    {
        message = new Message("", [], "", "", false);
        consumed = 0;
        int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }

        string[] lines = text[..end].Split("\r\n");
        List<KeyValuePair<string, string>> fields = [.. lines.Skip(1).Select(Field)];
        message = message with { StartLine = lines[0], Fields = fields };
        int start = end + 4;
        if (isResponse && (isHeadAnswer || message.Status is 204 or 304 or < 200))
        {
            consumed = start;
            return true;
        }

        if (message["Transfer-Encoding"] is { } coding)
        {
            coding.ShouldBe("chunked");
            message["Content-Length"].ShouldBeNull();
            return TryReadChunks(text, start, ref message, out consumed);
        }

        if (message["Content-Length"] is { } length)
        {
            int octets = int.Parse(length, NumberStyles.None, CultureInfo.InvariantCulture);
            consumed = start + octets;
            message = message with { Body = text[start..Math.Min(consumed, text.Length)] };
            return text.Length >= consumed;
        }

        consumed = isResponse ? text.Length : start;
        message = message with { Body = text[start..consumed] };
        return !isResponse || isEnded;
    }

    private static bool TryReadChunks(string text, int start, ref Message message, out int consumed)
    {
        string body = "";
        int at = start;
        consumed = 0;
        while (true)
        {
            int lineEnd = text.IndexOf("\r\n", at, StringComparison.Ordinal);
            if (lineEnd < 0)
            {
                return false;
            }

            int size = int.Parse(text.AsSpan(at, lineEnd - at), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            at = lineEnd + 2;
            if (size == 0)
            {
                break;
            }

            if (text.Length < at + size + 2)
            {
                return false;
            }

            body += text.Substring(at, size);
            text.Substring(at + size, 2).ShouldBe("\r\n");
            at += size + 2;
        }

        int trailersAt = at;
        while (true)
        {
            int lineEnd = text.IndexOf("\r\n", at, StringComparison.Ordinal);
            if (lineEnd < 0)
            {
                return false;
            }

            bool isLast = lineEnd == at;
            at = lineEnd + 2;
            if (isLast)
            {
                message = message with { Body = body, Trailers = text[trailersAt..(at - 2)], IsChunked = true };
                consumed = at;
                return true;
            }
        }
    }

    private static KeyValuePair<string, string> Field(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        colon.ShouldBeGreaterThan(0, line);
        return new(line[..colon], line[(colon + 1)..].Trim(' ', '\t'));
    }
}
