using System.Text.RegularExpressions;
using Weir.Abstractions.Heads;

namespace Weir.Http.Tests.Fuzzing;

/// <summary>The rules for fields, written for the reader and not for speed: what the real parser is compared with.</summary>
internal static partial class ReferenceFields
{
    public const string Rejected = "Rejected";
    public const string NeedMore = "NeedMore";

    /// <summary>
    /// Cuts a text into lines up to and with the first empty one. Verdict is null when that came, else what the text amounts to so
    /// far: no octet of it may be a control octet, but for HTAB and for CRLF.
    /// </summary>
    public static (List<string> Lines, int Length, string? Verdict) Lines(string text, int skip)
    {
        List<string> lines = [];
        int start = skip;
        for (int at = skip; at < text.Length; at++)
        {
            char octet = text[at];
            if (octet == '\r' && at + 1 == text.Length)
            {
                return (lines, 0, NeedMore);
            }

            if (octet == '\r' && text[at + 1] == '\n')
            {
                lines.Add(text[start..at]);
                at++;
                start = at + 1;
                if (lines[^1].Length == 0)
                {
                    return (lines, start, null);
                }
            }
            else if (octet != '\t' && (octet < ' ' || octet == '\u007f'))
            {
                return (lines, 0, Rejected);
            }
        }

        return (lines, 0, NeedMore);
    }

    /// <summary>The fields of some lines, or null when one is no field line. Names that imitate known ones are left out.</summary>
    public static List<(string Name, string Value)>? Fields(IEnumerable<string> lines)
    {
        List<(string Name, string Value)> fields = [];
        foreach (string line in lines)
        {
            Match match = FieldLine().Match(line);
            if (!match.Success)
            {
                return null;
            }

            string name = match.Groups[1].Value;
            bool isImitation = Known(name) == KnownField.Other && Known(name.Replace('_', '-')) != KnownField.Other;
            if (!isImitation)
            {
                fields.Add((name, match.Groups[2].Value.Trim(' ', '\t')));
            }
        }

        return fields;
    }

    /// <summary>All values of a name.</summary>
    public static List<string> Values(List<(string Name, string Value)> fields, string name) =>
        [.. fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value)];

    /// <summary>Puts one field in the place of all of its name, at the end.</summary>
    public static void Replace(List<(string Name, string Value)> fields, string name, string value)
    {
        fields.RemoveAll(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        fields.Add((name, value));
    }

    /// <summary>The length of the content: null when the framing is refused, -1 when chunked, -2 when no field speaks of it.</summary>
    public static long? Length(List<(string Name, string Value)> fields, bool isHttp11)
    {
        List<string> codings = Values(fields, "Transfer-Encoding");
        List<string> lengths = Values(fields, "Content-Length");
        if (codings.Count > 0)
        {
            bool isSound = isHttp11 && codings.Count == 1 && lengths.Count == 0
                && codings[0].Equals("chunked", StringComparison.OrdinalIgnoreCase);
            return isSound ? -1 : null;
        }

        if (lengths.Count == 0)
        {
            return -2;
        }

        List<string> members = [.. lengths.SelectMany(value => value.Split(',')).Select(value => value.Trim(' ', '\t'))];
        if (!members.TrueForAll(member => Digits().IsMatch(member) && long.TryParse(member, out _)))
        {
            return null;
        }

        List<long> numbers = [.. members.Select(long.Parse).Distinct()];
        if (numbers.Count != 1)
        {
            return null;
        }

        if (members.Count > 1)
        {
            Replace(fields, "Content-Length", numbers[0].ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        return numbers[0];
    }

    /// <summary>The members of a list field without quoted strings, in lower case.</summary>
    public static List<string> Members(List<(string Name, string Value)> fields, string name) =>
        [.. Values(fields, name).SelectMany(SplitOutsideQuotes).Select(member => member.Trim(' ', '\t').ToLowerInvariant())];

    private static IEnumerable<string> SplitOutsideQuotes(string value)
    {
        // A quoted string is not closed by an escaped quotation mark, and one that is never closed takes the rest.
        return CommaOutsideQuotes().Matches(value).Select(match => match.Value);
    }

    private static KnownField Known(string name) => KnownFields.Find(System.Text.Encoding.Latin1.GetBytes(name));

    [GeneratedRegex("^([-!#$%&'*+.^_`|~0-9A-Za-z]+):(.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex FieldLine();

    [GeneratedRegex("^[0-9]{1,19}$", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();

    [GeneratedRegex("(?:[^,\"]|\"(?:[^\"\\\\]|\\\\.)*(?:\"|\\\\?$))+", RegexOptions.CultureInvariant)]
    private static partial Regex CommaOutsideQuotes();
}
