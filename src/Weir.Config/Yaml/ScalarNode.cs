using Weir.Config.Model;

namespace Weir.Config.Yaml;

/// <summary>A scalar.</summary>
/// <param name="Position">Its place.</param>
/// <param name="Text">Its text, with variables expanded.</param>
/// <param name="IsPlain">Whether it is written without quotes.</param>
internal sealed record ScalarNode(Position Position, string Text, bool IsPlain) : Node(Position)
{
    /// <summary>YAML 1.2.2 section 10.3.2: a plain scalar that means nothing.</summary>
    internal bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>What stands in the file, where a place within the text cannot be counted from its start; else null.</summary>
    internal string? Written { get; init; }

    internal override string Kind => IsNull ? "nothing" : $"\"{Shorten(Text)}\"";

    /// <summary>A value as messages show it: one line, not too long.</summary>
    internal static string Shorten(string text)
    {
        const int Most = 60;
        string line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= Most ? line : line[..(Most - 3)] + "...";
    }

    /// <summary>Names for a message: the first of them.</summary>
    internal static string List(IReadOnlyCollection<string> names)
    {
        const int Shown = 20;
        string list = string.Join(", ", names.Take(Shown).Select(Shorten));
        return names.Count > Shown ? list + ", ..." : list;
    }
}
