using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Weir.Architecture.Tests.Projects;

public sealed partial class DirectionTests
{
    [Fact]
    public void Every_project_stands_in_the_dependency_table()
    {
        Repository.Projects.ShouldNotBeEmpty();
        Repository.Projects.Where(project => !DependencyTable.Knows(project)).ShouldBeEmpty();
    }

    [Fact]
    public void A_project_references_only_what_the_table_allows()
    {
        List<string> breaches = [];
        foreach (string project in Repository.Projects)
        {
            breaches.AddRange(ReferencesOf(project)
                .Where(other => !DependencyTable.MayUse(project, other))
                .Select(other => $"{project} references {other}"));
        }

        breaches.ShouldBeEmpty();
    }

    [Fact]
    public void Code_uses_no_namespace_that_reaches_it_through_another_project()
    {
        // A reference of a reference is visible to the compiler, so the project files alone do not prove the direction.
        List<string> breaches = [];
        foreach (string file in Repository.Sources)
        {
            string project = Repository.ProjectOf(file);
            foreach ((int number, string code, _) in Repository.CodeLines(file))
            {
                breaches.AddRange(NamespaceOfOurs().Matches(code)
                    .Select(match => match.Groups[1].Value)
                    .Where(other => other != project && Repository.Projects.Contains(other) && !DependencyTable.MayUse(project, other))
                    .Select(other => $"{file}:{number} uses {other}"));
            }
        }

        breaches.ShouldBeEmpty();
    }

    [Fact]
    public void Code_names_nothing_that_its_project_must_never_use()
    {
        List<string> breaches = [];
        foreach ((string project, string pattern, string why) in DependencyTable.BannedWords)
        {
            Regex banned = new(pattern, RegexOptions.NonBacktracking);
            foreach (string file in Repository.Sources.Where(file => Repository.ProjectOf(file) == project))
            {
                breaches.AddRange(Repository.CodeLines(file)
                    .Where(line => banned.IsMatch(QuotedText().Replace(line.Code, "\"\"")))
                    .Select(line => $"{file}:{line.Number} {line.Code.Trim()} ({why})"));
            }
        }

        breaches.ShouldBeEmpty();
    }

    [Fact]
    public void The_solution_lists_every_project_once()
    {
        string[] listed = [.. XDocument.Parse(Repository.Read("Weir.slnx")).Descendants("Project").Select(project => project.Attribute("Path")!.Value)];
        string[] present = [.. Repository.FilesUnder("src", "*.csproj"), .. Repository.FilesUnder("tests", "*.csproj"), .. Repository.FilesUnder("bench", "*.csproj")];

        listed.Order(StringComparer.Ordinal).ShouldBe(present.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> ReferencesOf(string project) =>
        XDocument.Parse(Repository.Read($"src/{project}/{project}.csproj")).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));

    [GeneratedRegex(@"\b(Weir\.[A-Z][A-Za-z]+)\b")]
    private static partial Regex NamespaceOfOurs();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex QuotedText();
}
