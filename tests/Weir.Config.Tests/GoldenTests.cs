using Weir.Config.Tests.Modules;

namespace Weir.Config.Tests;

/// <summary>Each Golden/NAME.yaml has its errors beside it in NAME.expected, one a line. WEIR_GOLDEN=write writes them anew.</summary>
public sealed class GoldenTests
{
    private static readonly string _folder = Path.Combine(AppContext.BaseDirectory, "Golden");

    public static IEnumerable<TheoryDataRow<string>> Files() =>
        Directory.GetFiles(_folder, "*.yaml").Order(StringComparer.Ordinal)
            .Select(file => new TheoryDataRow<string>(Path.GetFileName(file)));

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_error_is_reported_as_expected(string name)
    {
        string file = Path.Combine(_folder, name);
        ConfigResult result = ConfigReader.ReadText(File.ReadAllText(file), name, FakeCatalog.Instance, Lookup, new NoFiles());
        string[] actual = [.. result.Errors.Select(error => error.ToString())];
        string expected = Path.ChangeExtension(file, ".expected");
        if (Environment.GetEnvironmentVariable("WEIR_GOLDEN") is { Length: > 0 } folder)
        {
            File.WriteAllLines(Path.Combine(folder, Path.GetFileName(expected)), actual);
        }
        else
        {
            actual.ShouldBe(File.ReadAllLines(expected));
        }

        result.IsUsable.ShouldBe(result.Errors.All(error => error.IsWarning));
        foreach (Abstractions.Options.ConfigError error in result.Errors)
        {
            error.Line.ShouldBeGreaterThan(0);
            error.Column.ShouldBeGreaterThan(0);
            error.Remedy.ShouldNotBeEmpty();
        }
    }

    private static string? Lookup(string name) => name == "ORIGIN" ? "http://127.0.0.1:3000" : null;
}
