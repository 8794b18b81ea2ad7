using System.Text.RegularExpressions;

namespace Weir.Architecture.Tests;

/// <summary>The checkout that these tests were built from, as files.</summary>
internal static partial class Repository
{
    private static readonly Lazy<string[]> _sources = new(() => [.. FilesUnder("src", "*.cs")]);

    /// <summary>The folder that holds Weir.slnx.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every C# file under src, relative to the root, with forward slashes.</summary>
    public static IReadOnlyList<string> Sources => _sources.Value;

    /// <summary>The names of the projects under src.</summary>
    public static IReadOnlyList<string> Projects { get; } =
        [.. FilesUnder("src", "*.csproj").Select(file => Path.GetFileNameWithoutExtension(file)!)];

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static string[] ReadLines(string path) => File.ReadAllLines(Path.Combine(Root, path));

    public static bool Exists(string path) => Path.Exists(Path.Combine(Root, path));

    public static bool HasFolder(string path) => Directory.Exists(Path.Combine(Root, path));

    public static IEnumerable<string> FoldersIn(string folder) => HasFolder(folder)
        ? Directory.EnumerateDirectories(Path.Combine(Root, folder)).Select(Relative).Where(IsSource).Order(StringComparer.Ordinal)
        : [];

    public static IEnumerable<string> FilesUnder(string folder, string pattern) => HasFolder(folder)
        ? Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Select(Relative).Where(IsSource).Order(StringComparer.Ordinal)
        : [];

    public static IEnumerable<string> FoldersUnder(string folder) => HasFolder(folder)
        ? Directory.EnumerateDirectories(Path.Combine(Root, folder), "*", SearchOption.AllDirectories)
            .Select(Relative).Where(path => IsSource(path + "/"))
        : [];

    /// <summary>"src/Weir.Net/Loops/Loop.cs" is of "Weir.Net".</summary>
    public static string ProjectOf(string path) => path.Split('/')[1];

    /// <summary>Whether a project's code runs on loops: its project file says so.</summary>
    public static bool IsDataPlane(string project) =>
        Read($"src/{project}/{project}.csproj").Contains("<WeirDataPlane>true</WeirDataPlane>", StringComparison.Ordinal);

    /// <summary>The lines of a C# file without comments, each with its number from 1. Strings are kept.</summary>
    public static IEnumerable<(int Number, string Code, string Line)> CodeLines(string path)
    {
        string[] lines = ReadLines(path);
        for (int i = 0; i < lines.Length; i++)
        {
            string code = LineComment().Replace(lines[i], string.Empty);
            if (!string.IsNullOrWhiteSpace(code))
            {
                yield return (i + 1, code, lines[i]);
            }
        }
    }

    private static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static bool IsSource(string path) => !Generated().IsMatch(path);

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Weir.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("These tests run from a checkout: no Weir.slnx above the assembly.");
    }

    [GeneratedRegex("(^|/)(bin|obj|node_modules)(/|$)")]
    private static partial Regex Generated();

    // Two slashes that a colon precedes are part of a URL in a string.
    [GeneratedRegex("(?<!:)//.*$")]
    private static partial Regex LineComment();
}
