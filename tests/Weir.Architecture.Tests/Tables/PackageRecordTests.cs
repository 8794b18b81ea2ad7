using System.Xml.Linq;

namespace Weir.Architecture.Tests.Tables;

public sealed class PackageRecordTests
{
    private const string Record = "docs/decisions/dependencies.md";

    [Fact]
    public void Every_package_has_a_line_with_its_version_in_the_record()
    {
        string[] rows = [.. Repository.ReadLines(Record).Where(line => line.StartsWith('|'))];
        (string Name, string Version)[] packages = [.. Packages()];

        packages.ShouldNotBeEmpty();
        packages.Where(package => !rows.Any(row => row.Contains($"`{package.Name}`", StringComparison.Ordinal)
            && row.Contains(package.Version, StringComparison.Ordinal))).ShouldBeEmpty();
    }

    [Fact]
    public void Every_package_is_pinned_to_one_version() =>
        Packages().Where(package => package.Version.Length == 0
            || package.Version.Any(letter => letter is '*' or '[' or ',')).ShouldBeEmpty();

    private static IEnumerable<(string Name, string Version)> Packages() =>
        XDocument.Parse(Repository.Read("Directory.Packages.props")).Descendants("PackageVersion")
            .Select(package => (package.Attribute("Include")!.Value, package.Attribute("Version")?.Value ?? string.Empty));
}
