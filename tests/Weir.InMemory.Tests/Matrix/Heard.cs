using System.Globalization;

namespace Weir.InMemory.Tests.Matrix;

/// <summary>What one end has heard of one exchange, in words that belong to no version.</summary>
internal sealed class Heard
{
    /// <summary>"GET /path", or a status; the last head, and those of interim answers before it.</summary>
    public List<string> Heads { get; } = [];

    /// <summary>The fields of the last head, names in lower case, as "name: value" lines.</summary>
    public List<string> Fields { get; } = [];

    public string Content { get; set; } = "";

    public List<string> Trailers { get; } = [];

    /// <summary>Whether the message came to its end.</summary>
    public bool IsWhole { get; set; }

    /// <summary>Whether its stream was reset, whole or not.</summary>
    public bool IsReset { get; set; }

    /// <summary>Whether it was cut off.</summary>
    public bool IsCut { get; set; }

    public string? this[string name] =>
        Fields.Where(line => line.StartsWith(name + ": ", StringComparison.Ordinal)).Select(line => line[(name.Length + 2)..]).FirstOrDefault();

    /// <summary>Reads a transcript of HTTP/1.1: interim heads, a head, content as it is framed.</summary>
    public static Heard Read(string text, bool isRequest, bool isHead = false)
    {
        Heard heard = new();
        int at = 0;
        while (true)
        {
            int end = text.IndexOf("\r\n\r\n", at, StringComparison.Ordinal);
            if (end < 0)
            {
                return heard;
            }

            string[] lines = text[at..end].Split("\r\n");
            at = end + 4;
            heard.Heads.Add(isRequest ? lines[0][..lines[0].LastIndexOf(' ')] : lines[0].Substring(9, 3));
            heard.Fields.Clear();
            heard.Fields.AddRange(lines.Skip(1).Select(Lower));
            if (isRequest || heard.Heads[^1][0] != '1' || heard.Heads[^1] == "101")
            {
                break;
            }
        }

        heard.ReadContent(text[at..], isRequest, isHead);
        return heard;
    }

    public static string Lower(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        return line[..colon].ToLowerInvariant() + line[colon..];
    }

    private void ReadContent(string rest, bool isRequest, bool isHead)
    {
        if (Heads[^1] == "101")
        {
            Content = rest;
        }
        else if (!isRequest && (isHead || Heads[^1] is "204" or "304"))
        {
            IsWhole = true;
        }
        else if (this["transfer-encoding"] is not null)
        {
            ReadChunks(rest);
        }
        else if (this["content-length"] is { } length)
        {
            int octets = int.Parse(length, CultureInfo.InvariantCulture);
            Content = rest[..Math.Min(octets, rest.Length)];
            IsWhole = rest.Length >= octets;
        }
        else
        {
            IsWhole = isRequest;
        }
    }

    private void ReadChunks(string rest)
    {
        for (int at = 0; ;)
        {
            int line = rest.IndexOf("\r\n", at, StringComparison.Ordinal);
            if (line < 0)
            {
                return;
            }

            int size = int.Parse(rest.AsSpan(at, line - at), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            at = line + 2;
            if (size == 0)
            {
                int end = rest.IndexOf("\r\n\r\n", line, StringComparison.Ordinal);
                IsWhole = end >= 0;
                if (end > line)
                {
                    Trailers.AddRange(rest[at..end].Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(Lower));
                }

                return;
            }

            int count = Math.Min(size, rest.Length - at);
            Content += rest.Substring(at, count);
            if (rest.Length < at + size + 2)
            {
                return;
            }

            at += size + 2;
        }
    }
}
