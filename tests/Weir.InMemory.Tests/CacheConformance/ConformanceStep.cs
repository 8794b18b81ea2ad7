namespace Weir.InMemory.Tests.CacheConformance;

/// <summary>One line of a case: a request, who has to answer it and how, and what is expected besides.</summary>
internal sealed record ConformanceStep(
    IReadOnlyList<string> Request, string Arrow, IReadOnlyList<string> Answer, IReadOnlyList<string> Expectations)
{
    private static readonly string[] _arrows = [" ~> ", " -> ", " = "];

    /// <summary>Reads a line; dates have been put in.</summary>
    public static ConformanceStep Read(string line)
    {
        string[] halves = line.Split(" ?? ");
        string arrow = _arrows.First(arrow => halves[0].Contains(arrow, StringComparison.Ordinal));
        int at = halves[0].IndexOf(arrow, StringComparison.Ordinal);
        return new ConformanceStep(
            halves[0][..at].Split(" | ", StringSplitOptions.TrimEntries),
            arrow.Trim(),
            halves[0][(at + arrow.Length)..].Split(" | ", StringSplitOptions.TrimEntries),
            halves.Length == 1 ? [] : halves[1].Split(" | ", StringSplitOptions.TrimEntries));
    }

    /// <summary>The value of a piece "name: value"; null where there is none.</summary>
    public static string? Find(IReadOnlyList<string> pieces, string name) =>
        pieces.FirstOrDefault(piece => piece.StartsWith(name + ": ", StringComparison.Ordinal))?[(name.Length + 2)..];

    /// <summary>The pieces that are fields.</summary>
    public static IEnumerable<string> Fields(IReadOnlyList<string> pieces) =>
        pieces.Skip(1).Where(
            piece => !piece.StartsWith("body: ", StringComparison.Ordinal) && !piece.StartsWith("interim: ", StringComparison.Ordinal));
}
