using System.Text.RegularExpressions;

namespace Weir.Cli.Tests.Commands;

public sealed partial class CheckTests
{
    public static TheoryData<string> Examples =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "examples"), "*.yaml").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task An_example_can_be_used(string file)
    {
        (int code, string output, string errors) = await WeirProgram.RunAsync("check", "-c", Path.Combine("examples", file));

        code.ShouldBe(0, errors);
        errors.ShouldNotContain(": error: ");
        output.ShouldEndWith($"{file} can be used.\n");
    }

    [Fact]
    public async Task Ten_mistakes_are_ten_lines_with_place_cause_and_remedy()
    {
        (int code, _, string errors) = await WeirProgram.RunAsync("check", "-c", "Files/ten-mistakes.yaml");

        code.ShouldBe(1);
        string[] lines = [.. errors.Split('\n').Where(line => line.Contains(": error: ", StringComparison.Ordinal))];
        lines.Length.ShouldBe(10, errors);
        foreach (string line in lines)
        {
            // Two sentences at least: what is wrong, and what to do.
            ErrorLine().IsMatch(line).ShouldBeTrue(line);
        }

        lines.Select(line => line.Split(':')[1]).Distinct().Count().ShouldBe(10, errors);
        errors.ShouldContain("cannot be used: 10 errors.");
    }

    [Fact]
    public async Task The_modules_are_listed_in_order_with_their_lines()
    {
        (int code, string output, string errors) = await WeirProgram.RunAsync("check", "-c", "Files/explained.yaml");

        code.ShouldBe(0, errors);
        output.ShouldContain("site shop.example.com, *.shop.example.com (Files/explained.yaml:");
        output.ShouldMatch(@"  1\. headers \(Files/explained\.yaml:\d+\), from the stack common\n");
        output.ShouldMatch(@"  route 1 /old/\* \(Files/explained\.yaml:\d+\)\n    1\. redirect \(Files/explained\.yaml:\d+\)\n");
    }

    [Fact]
    public async Task The_effective_configuration_reads_back()
    {
        using TemporaryFolder folder = new();
        (int code, string output, string errors) = await WeirProgram.RunAsync("check", "-c", "Files/explained.yaml", "--effective");
        code.ShouldBe(0, errors);

        (int again, string second, string secondErrors) = await WeirProgram.RunAsync(
            "check", "-c", folder.Write("effective.yaml", output), "--effective");

        again.ShouldBe(0, secondErrors);
        Configuration(second).ShouldBe(Configuration(output));
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_an_error_that_names_it()
    {
        (int code, _, string errors) = await WeirProgram.RunAsync("check", "-c", "nowhere.yaml");

        code.ShouldBe(1);
        errors.ShouldContain("nowhere.yaml");
    }

    private static string Configuration(string text) =>
        string.Join('\n', text.Split('\n').Select(line => line.Split('#')[0].TrimEnd()).Where(line => line.Length > 0));

    [GeneratedRegex(@"^Files/ten-mistakes\.yaml:\d+:\d+: error: .+\. .+[.?]$")]
    private static partial Regex ErrorLine();
}
