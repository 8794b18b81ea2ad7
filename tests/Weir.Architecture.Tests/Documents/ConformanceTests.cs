using System.Text.RegularExpressions;

namespace Weir.Architecture.Tests.Documents;

/// <summary>A demand of a standard that no test proves is not met: every test that docs/conformance names exists.</summary>
public sealed partial class ConformanceTests
{
    private static readonly Lazy<HashSet<string>> _tests = new(() => new HashSet<string>(
        Repository.FilesUnder("tests", "*.cs").SelectMany(file => TestMethod().Matches(Repository.Read(file))).Select(
            match => match.Groups[1].Value),
        StringComparer.Ordinal));

    [Fact]
    public void Every_test_that_a_page_of_conformance_names_exists()
    {
        string[] names =
        [
            .. Repository.FilesUnder("docs/conformance", "*.md").SelectMany(page => TestName().Matches(Repository.Read(page))).Select(
                match => match.Groups[1].Value),
        ];
        names.Length.ShouldBeGreaterThan(40);
        names.Where(name => !_tests.Value.Contains(name)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_demand_has_a_test()
    {
        IEnumerable<string> rows = Repository.FilesUnder("docs/conformance", "*.md").SelectMany(page => Repository.Read(page).Split('\n'))
            .Where(line => line.Length > 2 && line[0] == '|' && char.IsAsciiDigit(line[2]));
        rows.ShouldNotBeEmpty();
        rows.Where(row => !TestName().IsMatch(row)).ShouldBeEmpty();
    }

    [GeneratedRegex("`([A-Z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"public (?:async )?(?:void|Task|ValueTask) ([A-Z][A-Za-z0-9_]+)\(")]
    private static partial Regex TestMethod();
}
