using System.Text.RegularExpressions;

namespace Weir.Architecture.Tests.Layout;

/// <summary>A map that nobody checks lies within a month: every path, project and type in ARCHITECTURE.md exists.</summary>
public sealed partial class MapTests
{
    private const string Map = "ARCHITECTURE.md";

    // Types of the platform that the map may speak of.
    private static readonly HashSet<string> _platform = new(
        ["ValueTask", "SuppressGCTransition", "SynchronizationContext"], StringComparer.Ordinal);

    private static readonly Lazy<HashSet<string>> _types = new(() => new HashSet<string>(
        Repository.Sources.SelectMany(Repository.CodeLines).SelectMany(line => Declaration().Matches(line.Code)).Select(
            match => match.Groups[1].Value),
        StringComparer.Ordinal));

    [Fact]
    public void Every_path_in_the_map_exists()
    {
        string[] paths = [.. Words().Where(word => (word.Contains('/') || FileName().IsMatch(word)) && !word.Contains(' '))];
        paths.ShouldNotBeEmpty();
        paths.Where(path => !Repository.Exists(path.TrimEnd('/'))).ShouldBeEmpty();
    }

    [Fact]
    public void Every_type_in_the_map_exists()
    {
        string[] names = [.. Words().Where(word => TypeName().IsMatch(word) && !ProjectName().IsMatch(word))];
        names.ShouldNotBeEmpty();
        names.Where(name => !_types.Value.Contains(name.Split('.')[0]) && !_platform.Contains(name)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_project_in_the_map_exists_and_the_map_names_every_project()
    {
        string[] named = [.. Words().Where(word => ProjectName().IsMatch(word)).Distinct(StringComparer.Ordinal)];
        named.Where(name => !Repository.Projects.Contains(name)).ShouldBeEmpty();
        Repository.Projects.Where(project => !named.Contains(project, StringComparer.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_link_between_our_pages_leads_somewhere()
    {
        List<string> broken = [];
        IEnumerable<string> pages = Directory.EnumerateFiles(Repository.Root, "*.md").Select(file => Path.GetFileName(file)!)
            .Concat(Repository.FilesUnder("docs", "*.md")).Concat(Repository.FilesUnder("bench", "*.md")).Concat(
                Repository.FilesUnder("src", "*.md"));
        foreach (string page in pages)
        {
            string folder = Path.GetDirectoryName(page) ?? string.Empty;
            broken.AddRange(Link().Matches(Repository.Read(page))
                .Select(match => match.Groups[1].Value)
                .Where(target => !target.Contains(':') && !Repository.Exists(Path.Combine(folder, target)))
                .Select(target => $"{page} -> {target}"));
        }

        broken.ShouldBeEmpty();
    }

    // What stands in backticks, outside fenced blocks.
    private static IEnumerable<string> Words() =>
        Backticked().Matches(Fenced().Replace(Repository.Read(Map), string.Empty)).Select(match => match.Groups[1].Value);

    [GeneratedRegex("(?ms)^```.*?^```")]
    private static partial Regex Fenced();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Backticked();

    [GeneratedRegex(@"^[A-Z][A-Za-z0-9]+(\.[A-Z][A-Za-z0-9]+)?$")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"^[A-Za-z.]+\.(md|txt|props|json)$")]
    private static partial Regex FileName();

    [GeneratedRegex(@"^Weir(\.[A-Z][A-Za-z]+)?$")]
    private static partial Regex ProjectName();

    [GeneratedRegex(@"\b(?:class|struct|interface|enum|record struct|record|delegate\s+\w+)\s+([A-Z][A-Za-z0-9]*)")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\]\(([^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();
}
