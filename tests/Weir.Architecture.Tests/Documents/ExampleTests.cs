using System.Text.RegularExpressions;
using Weir.Config;
using Weir.Modules;

namespace Weir.Architecture.Tests.Documents;

/// <summary>What we tell people to write is what the reader takes.</summary>
public sealed partial class ExampleTests
{
    public static TheoryData<string> Examples => [.. Repository.FilesUnder("examples", "*.yaml")];

    public static TheoryData<string> Pages =>
        [.. new[] { "README.md" }.Concat(Repository.FilesUnder("docs/guide", "*.md")).Concat(Repository.FilesUnder("src/Weir.Modules", "*.md"))];

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_has_neither_errors_nor_warnings(string path)
    {
        ConfigResult result = ConfigReader.Read(Path.Combine(Repository.Root, path), new StandardModules());

        result.Errors.Select(error => error.ToString()).ShouldBeEmpty();
        result.IsUsable.ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_configuration_on_a_page_has_no_errors(string path)
    {
        foreach (Match block in YamlBlock().Matches(Repository.Read(path)))
        {
            string text = block.Groups[1].Value;

            // Sections that are shown alone are completed by what a file needs besides.
            if (!text.Contains("sites:", StringComparison.Ordinal) && KnownSection().IsMatch(text))
            {
                text += "\nsites:\n  \"*\": http://localhost:3000\n";
            }

            if (text.Contains("sites:", StringComparison.Ordinal))
            {
                ConfigReader.ReadText(text, path, new StandardModules()).Errors
                    .Where(error => !error.IsWarning).Select(error => error.ToString()).ShouldBeEmpty(text);
            }
        }
    }

    [Fact]
    public void The_list_of_examples_names_each_of_them()
    {
        string list = Repository.Read("examples/README.md");
        string[] files = [.. Repository.FilesUnder("examples", "*.yaml").Select(file => Path.GetFileName(file)!)];
        files.ShouldNotBeEmpty();
        files.Where(file => !list.Contains($"]({file})", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [GeneratedRegex("(?ms)^```yaml\n(.*?)^```")]
    private static partial Regex YamlBlock();

    [GeneratedRegex("(?m)^(listen|upstreams|limits|log|stacks|tunnels):")]
    private static partial Regex KnownSection();
}
