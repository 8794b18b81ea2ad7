namespace Weir.InMemory.Tests.CacheConformance;

/// <summary>One paragraph of cases.txt.</summary>
internal sealed record ConformanceCase(string Group, string Name, string Rule, bool IsMust, IReadOnlyList<string> Steps)
{
    /// <summary>All of them, in their order.</summary>
    public static IReadOnlyList<ConformanceCase> All { get; } = Read();

    private static List<ConformanceCase> Read()
    {
        using Stream stream = typeof(ConformanceCase).Assembly.GetManifestResourceStream("CacheConformance.cases.txt")!;
        using StreamReader reader = new(stream);
        List<ConformanceCase> cases = [];
        string group = "";
        List<string> steps = [];
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                group = line[3..];
            }
            else if (line.StartsWith("  ", StringComparison.Ordinal))
            {
                steps.Add(line.Trim());
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                string[] parts = line.Split(" | ");
                parts.Length.ShouldBe(3, line);
                parts[2].ShouldBeOneOf("must", "should");
                steps = [];
                cases.Add(new ConformanceCase(group, parts[0], parts[1], parts[2] == "must", steps));
            }
        }

        return cases;
    }
}
