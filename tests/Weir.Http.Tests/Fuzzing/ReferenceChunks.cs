using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Weir.Abstractions.Heads;
using Weir.Http.Semantics;

namespace Weir.Http.Tests.Fuzzing;

/// <summary>Decodes a chunked body slowly and obviously.</summary>
internal static partial class ReferenceChunks
{
    /// <summary>What comes of a body: "End consumed content trailers", Rejected, or NeedMore while no complete line is wrong.</summary>
    public static string Decode(string text)
    {
        StringBuilder content = new();
        int at = 0;
        while (true)
        {
            Match line = SizeLine().Match(text[at..]);
            if (!line.Success)
            {
                return text.IndexOf("\r\n", at, StringComparison.Ordinal) >= 0 ? ReferenceFields.Rejected : ReferenceFields.NeedMore;
            }

            at += line.Length;
            long size = long.Parse(line.Groups[1].Value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                return ReadTrailers(text, at, content.ToString());
            }

            if (text.Length - at < size + 2)
            {
                return ReferenceFields.NeedMore;
            }

            content.Append(text, at, (int)size);
            at += (int)size;
            if (text[at] != '\r' || text[at + 1] != '\n')
            {
                return ReferenceFields.Rejected;
            }

            at += 2;
        }
    }

    private static string ReadTrailers(string text, int at, string content)
    {
        (List<string> lines, int end, string? verdict) = ReferenceFields.Lines(text, at);
        List<(string Name, string Value)>? fields = ReferenceFields.Fields(verdict is null ? lines[..^1] : lines);
        if (fields is null)
        {
            return ReferenceFields.Rejected;
        }

        if (verdict is not null)
        {
            return verdict;
        }

        IEnumerable<string> kept = fields.Where(field => !IsForbidden(field.Name)).Select(
            field => $"{Canonical(field.Name)}: {field.Value}\r\n");
        return $"End {end} {content} {string.Concat(kept)}";
    }

    private static bool IsForbidden(string name)
    {
        byte[] octets = Encoding.Latin1.GetBytes(name);
        return Trailers.IsForbidden(KnownFields.Find(octets), octets);
    }

    private static string Canonical(string name)
    {
        KnownField field = KnownFields.Find(Encoding.Latin1.GetBytes(name));
        return field == KnownField.Other ? name : KnownFields.Name(field);
    }

    [GeneratedRegex(
        "^([0-9a-fA-F]{1,15})(?:[ \\t]*;[ \\t]*[-!#$%&'*+.^_`|~0-9A-Za-z]+(?:[ \\t]*=[ \\t]*(?:[-!#$%&'*+.^_`|~0-9A-Za-z]+|\"(?:[\\t !#-\\[\\]-~\\x80-\\xff]|\\\\[\\t -~\\x80-\\xff])*\"))?)*\\r\\n",
        RegexOptions.CultureInvariant)]
    private static partial Regex SizeLine();
}
