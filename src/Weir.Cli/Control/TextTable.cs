using System.Globalization;
using Spectre.Console;

namespace Weir.Cli.Control;

/// <summary>A table for a person, without lines: coloured on a terminal, and in a pipe as wide as it is.</summary>
internal sealed class TextTable
{
    // In a pipe there is no edge to wrap at.
    private const int PipeWidth = 240;

    private readonly Table _table = new() { Border = TableBorder.None, ShowHeaders = true };
    private readonly Func<string, Style> _styleOf;

    /// <summary>An empty table; the style of a cell follows from its text.</summary>
    public TextTable(IEnumerable<string> columns, Func<string, Style> styleOf)
    {
        _styleOf = styleOf;
        foreach (string column in columns)
        {
            _table.AddColumn(new TableColumn(new Text(column)) { NoWrap = true, Padding = new Padding(0, 0, 2, 0) });
        }
    }

    /// <summary>What a file, an origin or an issuer says must not steer a terminal.</summary>
    public static string Printable(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? '?' : letter));

    public void Add(IEnumerable<string> cells) => _table.AddRow([.. cells.Select(cell => new Text(Printable(cell), _styleOf(cell)))]);

    public void Write(TextWriter output)
    {
        if (!Console.IsOutputRedirected)
        {
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.Detect }).Write(_table);
            return;
        }

        // The last column is padded like the others; blanks at the end of a line are of no use to anybody.
        using StringWriter drawn = new(CultureInfo.InvariantCulture);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(drawn), Ansi = AnsiSupport.No });
        console.Profile.Width = PipeWidth;
        console.Write(_table);
        foreach (string line in drawn.ToString().TrimEnd().Split('\n'))
        {
            output.WriteLine(line.TrimEnd());
        }
    }
}
