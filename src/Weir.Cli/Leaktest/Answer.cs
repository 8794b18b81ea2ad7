using System.Globalization;
using System.Text;

namespace Weir.Cli.Leaktest;

/// <summary>An answer as it came, read leniently: what is odd about it may be what tells.</summary>
internal sealed class Answer
{
    private Answer(int status, IReadOnlyList<(string Name, string Value)> fields, string body)
    {
        Status = status;
        Fields = fields;
        Body = body;
    }

    /// <summary>0 when there was no status line.</summary>
    public int Status { get; }

    public IReadOnlyList<(string Name, string Value)> Fields { get; }

    public string Body { get; }

    public static Answer Read(byte[] octets)
    {
        string text = Encoding.Latin1.GetString(octets);
        while (true)
        {
            int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (!text.StartsWith("HTTP/", StringComparison.Ordinal) || end < 0)
            {
                return new Answer(0, [], text);
            }

            string[] lines = text[..end].Split("\r\n");
            string[] words = lines[0].Split(' ', 3);
            int status = words.Length > 1 && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? number
                : 0;
            text = text[(end + 4)..];
            if (status is >= 100 and < 200 && status != 101)
            {
                continue;
            }

            List<(string Name, string Value)> fields = [.. lines.Skip(1).Select(Field)];
            if (words.Length > 2)
            {
                fields.Add(("(reason)", words[2]));
            }

            bool isChunked = fields.Any(
                field => Is(field.Name, "Transfer-Encoding") && field.Value.Contains("chunked", StringComparison.OrdinalIgnoreCase));
            return new Answer(status, fields, isChunked ? Join(text) : text);
        }
    }

    public static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static (string Name, string Value) Field(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (line, "") : (line[..colon].Trim(), line[(colon + 1)..].Trim());
    }

    private static string Join(string chunks)
    {
        StringBuilder content = new();
        int at = 0;
        while (chunks.IndexOf("\r\n", at, StringComparison.Ordinal) is var end && end > at)
        {
            string size = chunks[at..end].Split(';')[0].Trim();
            if (!int.TryParse(size, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int length) || length <= 0)
            {
                break;
            }

            int start = end + 2;
            content.Append(chunks, start, Math.Clamp(length, 0, Math.Max(0, chunks.Length - start)));
            at = Math.Min(chunks.Length, start + length + 2);
        }

        return content.ToString();
    }
}
