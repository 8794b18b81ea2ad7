using Weir.Config.Model;
using YamlDotNet.Core;

namespace Weir.Config.Yaml;

/// <summary>Says in the user's words what the YAML library found.</summary>
internal static class SyntaxAdvice
{
    private const string LostRemedy = "Compare the indentation, quotes and brackets with the lines around it.";

    private static readonly (string Sign, string Cause, string Remedy)[] _known =
    [
        ("mapping values are not allowed", "A colon stands where no key can be.",
            "Put the value in quotes if the colon belongs to it; else compare the indentation with the line above."),
        ("invalid mapping", "A value holds a colon followed by a blank.",
            "Put the value in quotes, or the second key on a line of its own."),
        ("unknown escape", "A backslash in double quotes begins an escape that YAML does not know.",
            "Use single quotes, or write the backslash twice."),
        ("escape", "A backslash in double quotes begins an escape that YAML does not know.",
            "Use single quotes, or write the backslash twice."),
        ("quoted scalar", "A quote that opens here is never closed, or its text is not indented.", "Close it."),
        ("sequence entries are not allowed", "A list begins behind a colon.", "Put each `- ` on a line of its own below the key."),
        ("expected node content", "A value is missing here.", "Write one, or remove the comma or the dash that announces it."),
        ("expected <document start>", "The file begins with a text, not with a key.", "Begin with a key and a colon: `sites:`."),
        ("did not find expected key", "A key is expected here.", "Indent it like the keys above, and put a colon behind it."),
        ("did not find expected '-'", "An entry of a list is expected here.", "Put `- ` in front of it, indented like the entries above."),
        ("expected ',' or", "A bracket or a comma is missing in what opens here.", "Separate the entries by commas and close the bracket."),
        ("that cannot start any token", "No value can begin with this character.", "Put the value in quotes."),
    ];

    /// <summary>Reports a mistake in the YAML itself.</summary>
    internal static void Report(string file, string text, YamlException exception, ErrorList errors)
    {
        string[] lines = text.Split('\n');
        Position start = Place(file, exception.Start);
        Position end = Place(file, exception.End);
        if (FindTab(lines, start.Line, end.Line) is { } tab)
        {
            errors.Error(tab with { File = file }, "The line is indented with a tab.", "YAML is indented with blanks only.");
            return;
        }

        if (FindStar(lines, start.Line) is { } star)
        {
            errors.Error(
                star with { File = file }, "A key begins with an unquoted *, which YAML reads as an alias.", "Write it in quotes: \"*\".");
            return;
        }

        foreach ((string sign, string cause, string remedy) in _known)
        {
            if (exception.Message.Contains(sign, StringComparison.OrdinalIgnoreCase))
            {
                errors.Error(start, cause, remedy);
                return;
            }
        }

        errors.Error(start, $"This is not YAML: {exception.Message.Trim().TrimEnd('.')}.", LostRemedy);
    }

    /// <summary>Reports that the library gave up without saying why.</summary>
    internal static void ReportLost(string text, Position last, ErrorList errors)
    {
        string? line = text.Split('\n').ElementAtOrDefault(last.Line - 1);
        if (line is not null && last.Column <= line.Length && line[last.Column - 1] is '[' or '{')
        {
            errors.Error(last, "The bracket that opens here is not closed, or a comma is missing in it.", "Close it.");
            return;
        }

        errors.Error(last, "What follows here is not YAML.", LostRemedy);
    }

    private static Position Place(string file, Mark mark) =>
        new(file, (int)Math.Clamp(mark.Line, 1, int.MaxValue), (int)Math.Clamp(mark.Column, 1, int.MaxValue));

    /// <summary>The first tab in an indentation: the library notices it late, or at the beginning of the map around it.</summary>
    private static Position? FindTab(string[] lines, int first, int last)
    {
        for (int i = Math.Max(0, first - 2); i < Math.Min(lines.Length, last + 1); i++)
        {
            string line = lines[i].TrimEnd('\r');
            int indent = line.AsSpan().IndexOfAnyExcept(' ', '\t');
            int tab = line.IndexOf('\t');
            if (tab >= 0 && tab < indent)
            {
                return new Position("", i + 1, tab + 1);
            }
        }

        return null;
    }

    private static Position? FindStar(string[] lines, int number)
    {
        if (number > lines.Length)
        {
            return null;
        }

        string line = lines[number - 1];
        int star = line.AsSpan().IndexOfAnyExcept(' ', '-');
        return star >= 0 && line[star] == '*' ? new Position("", number, star + 1) : null;
    }
}
