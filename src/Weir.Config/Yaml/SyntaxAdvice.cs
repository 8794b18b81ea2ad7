using Weir.Config.Model;
using YamlDotNet.Core;

namespace Weir.Config.Yaml;

/// <summary>Says in the user's words what the YAML library found.</summary>
internal static class SyntaxAdvice
{
    private static readonly (string Sign, string Cause, string Remedy)[] _known =
    [
        ("Mapping values are not allowed", "A colon stands where no key can be.",
            "Put the value in quotes if the colon belongs to it; else compare the indentation with the line above."),
        ("unknown escape", "A backslash in double quotes begins an escape that YAML does not know.",
            "Use single quotes, or write the backslash twice."),
        ("found unexpected end of stream", "A quote that opens here is never closed.", "Close it."),
        ("expected <block end>", "The line fits neither the list nor the map above it.",
            "Indent it like the entries that it belongs to."),
        ("did not find expected key", "A key is expected here.", "Indent it like the keys above, and put a colon behind it."),
        ("expected ',' or", "A bracket or a comma is missing here.", "Separate the entries by commas and close the bracket."),
        ("could not find expected ':'", "A colon is missing behind the key.", "Write `key: value`, with a blank behind the colon."),
        ("Duplicate", "Something is there twice.", "Remove one of the two."),
        ("that cannot start any token", "No value can begin with this character.", "Put the value in quotes."),
        ("alias", "An unquoted * begins an alias.", "Put the value in quotes: \"*\"."),
        ("anchor", "An unquoted & begins an anchor.", "Put the value in quotes."),
    ];

    /// <summary>Reports a mistake in the YAML itself.</summary>
    internal static void Report(string file, string text, YamlException exception, ErrorList errors)
    {
        int line = (int)Math.Clamp(exception.Start.Line, 1, int.MaxValue);
        int column = (int)Math.Clamp(exception.Start.Column, 1, int.MaxValue);
        if (FindTab(text, line) is { } tab)
        {
            errors.Error(tab with { File = file }, "The line is indented with a tab.", "YAML is indented with blanks only.");
            return;
        }

        Position position = new(file, line, column);
        if (StartOf(text, line, column) == '*')
        {
            errors.Error(position, "An unquoted * begins an alias.", "Put it in quotes: \"*\", \"*.example.com\".");
            return;
        }

        foreach ((string sign, string cause, string remedy) in _known)
        {
            if (exception.Message.Contains(sign, StringComparison.OrdinalIgnoreCase))
            {
                errors.Error(position, cause, remedy);
                return;
            }
        }

        errors.Error(position, "This is not YAML: " + ToSentence(exception.Message), "Compare indentation, quotes and brackets.");
    }

    /// <summary>A tab in the indentation of the line, or of the one before: the library notices it late.</summary>
    private static Position? FindTab(string text, int line)
    {
        string[] lines = text.Split('\n', line + 1);
        for (int i = Math.Min(line, lines.Length) - 1; i >= Math.Max(0, line - 2); i--)
        {
            string content = i < lines.Length - 1 || lines.Length <= line ? lines[i] : "";
            int indent = content.AsSpan().IndexOfAnyExcept(' ', '\t');
            int tab = content.IndexOf('\t');
            if (tab >= 0 && (tab < indent || indent < 0))
            {
                return new Position("", i + 1, tab + 1);
            }
        }

        return null;
    }

    private static char StartOf(string text, int line, int column)
    {
        string[] lines = text.Split('\n', line + 1);
        return line <= lines.Length && column <= lines[line - 1].Length ? lines[line - 1][column - 1] : ' ';
    }

    private static string ToSentence(string message)
    {
        string line = ScalarNode.Shorten(message.TrimEnd('.'));
        return line + ".";
    }
}
