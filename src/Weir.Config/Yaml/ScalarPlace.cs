using Weir.Config.Model;

namespace Weir.Config.Yaml;

/// <summary>
/// Where a character of a scalar's text stands in the file, whatever quotes, escapes, folds and indentation lie between. Blanks are passed
/// over on both sides, so that folded lines need no rule of their own.
/// </summary>
internal static class ScalarPlace
{
    /// <summary>
    /// The place of a character; of a blank, that of what follows it. The scalar's own place where variables changed the text.
    /// </summary>
    internal static Position Of(ScalarNode node, int offset)
    {
        if (node.Written is not { } written)
        {
            return node.Position with { Column = node.Position.Column + Math.Min(offset, node.Text.Length) };
        }

        if (written.Length == 0 || written.Contains("${", StringComparison.Ordinal))
        {
            return node.Position;
        }

        char style = written[0] is '"' or '\'' or '|' or '>' ? written[0] : ' ';
        int at = style is '"' or '\'' ? 1 : 0;
        if (style is '|' or '>')
        {
            int line = written.IndexOf('\n', StringComparison.Ordinal);
            at = line < 0 ? written.Length : line + 1;
        }

        // Behind the last character: one column further than it.
        int wanted = Math.Min(offset, node.Text.TrimEnd().Length);
        for (int i = 0; i < wanted; i++)
        {
            if (!char.IsWhiteSpace(node.Text[i]))
            {
                at = SkipBlanks(written, at, style);
                at += LengthAt(written, at, style);
            }
        }

        bool isEnd = wanted >= node.Text.TrimEnd().Length;
        return PlaceOf(node.Position, written, isEnd ? at : SkipBlanks(written, at, style));
    }

    private static int SkipBlanks(string written, int at, char style)
    {
        while (at < written.Length)
        {
            bool isEscapedBlank = style == '"' && written[at] == '\\' && at + 1 < written.Length
                && written[at + 1] is 'n' or 't' or 'r' or ' ' or '\n';
            if (!isEscapedBlank && !char.IsWhiteSpace(written[at]))
            {
                break;
            }

            at += isEscapedBlank ? 2 : 1;
        }

        return at;
    }

    private static int LengthAt(string written, int at, char style)
    {
        if (at + 1 >= written.Length)
        {
            return 1;
        }

        return (style, written[at], written[at + 1]) switch
        {
            ('\'', '\'', '\'') => 2,
            ('"', '\\', 'x') => 4,
            ('"', '\\', 'u') => 6,
            ('"', '\\', 'U') => 10,
            ('"', '\\', _) => 2,
            _ => 1,
        };
    }

    private static Position PlaceOf(Position start, string written, int at)
    {
        at = Math.Min(at, written.Length);
        int lines = written.AsSpan(0, at).Count('\n');
        return lines == 0
            ? start with { Column = start.Column + at }
            : start with { Line = start.Line + lines, Column = at - written.LastIndexOf('\n', at - 1) };
    }
}
