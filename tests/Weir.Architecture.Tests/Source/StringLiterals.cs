using System.Text;

namespace Weir.Architecture.Tests.Source;

/// <summary>
/// Reads the string literals of a C# file: comments and characters are passed over, the holes of interpolated ones become '\0'.
/// </summary>
internal static class StringLiterals
{
    public const char Hole = '\0';

    /// <summary>Each literal with the number of the line it begins on.</summary>
    public static IEnumerable<(int Line, string Text)> In(string source)
    {
        for (int at = 0; at < source.Length; at++)
        {
            if (IsAt(source, at, "//"))
            {
                at = End(source, at, "\n");
            }
            else if (source[at] == '\'')
            {
                at = End(source, source[at + 1] == '\\' ? at + 3 : at + 1, "'");
            }
            else if (IsAt(source, at, "\"\"\""))
            {
                at = End(source, at + 3, "\"\"\"");
            }
            else if (source[at] == '"')
            {
                int begin = at;
                bool isInterpolated = at > 0 && (source[at - 1] == '$' || (source[at - 1] == '@' && at > 1 && source[at - 2] == '$'));
                bool isVerbatim = at > 0 && source[at - 1] == '@';
                StringBuilder text = new();
                at = Read(source, at + 1, isInterpolated, isVerbatim, text);
                yield return (source.AsSpan(0, begin).Count('\n') + 1, text.ToString());
            }
        }
    }

    // Returns where the closing quote stands.
    private static int Read(string source, int at, bool isInterpolated, bool isVerbatim, StringBuilder text)
    {
        for (; source[at] != '"'; at++)
        {
            bool isDoubled = isInterpolated && source[at] is '{' or '}' && source[at + 1] == source[at];
            if (isInterpolated && source[at] == '{' && !isDoubled)
            {
                at = EndOfHole(source, at);
                text.Append(Hole);
                continue;
            }

            bool isEscape = source[at] == '\\' && !isVerbatim;
            at += isDoubled || isEscape ? 1 : 0;
            text.Append(isEscape && source[at] == 'n' ? '\n' : source[at]);
        }

        return at;
    }

    private static int EndOfHole(string source, int at)
    {
        int depth = 0;
        for (; ; at++)
        {
            if (source[at] == '"')
            {
                at = End(source, at + 1, "\"");
            }

            depth += source[at] == '{' ? 1 : source[at] == '}' ? -1 : 0;
            if (depth == 0)
            {
                return at;
            }
        }
    }

    private static bool IsAt(string source, int at, string text) => source.AsSpan(at).StartsWith(text, StringComparison.Ordinal);

    private static int End(string source, int from, string text)
    {
        int found = source.IndexOf(text, from, StringComparison.Ordinal);
        return found < 0 ? source.Length : found + text.Length - 1;
    }
}
