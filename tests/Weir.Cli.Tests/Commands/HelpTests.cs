namespace Weir.Cli.Tests.Commands;

public sealed class HelpTests
{
    [Fact]
    public async Task Without_arguments_the_help_names_every_command()
    {
        (int code, string output, _) = await WeirProgram.RunAsync();

        code.ShouldBe(0);
        foreach (string command in (string[])["run", "check", "explain", "proxy", "demo", "schema", "version"])
        {
            output.ShouldContain($"\n  {command} ");
        }
    }

    [Theory]
    [InlineData("run")]
    [InlineData("check")]
    [InlineData("explain")]
    [InlineData("proxy")]
    [InlineData("demo")]
    [InlineData("schema")]
    [InlineData("version")]
    public async Task The_help_of_a_command_has_an_example(string command)
    {
        (int code, string output, _) = await WeirProgram.RunAsync(command, "--help");

        code.ShouldBe(0);
        output.ShouldContain($"Example:  weir {command}");
    }

    [Fact]
    public async Task An_unknown_command_is_answered_with_the_nearest_one()
    {
        (int code, _, string errors) = await WeirProgram.RunAsync("chekc");

        code.ShouldBe(1);
        errors.ShouldContain("check");
        errors.ShouldContain("weir --help");
    }

    [Fact]
    public async Task The_version_is_one_line()
    {
        (int code, string output, _) = await WeirProgram.RunAsync("version");

        code.ShouldBe(0);
        output.ShouldMatch(@"^weir \d+\.\d+\.\d+ \(\.NET 10\.[^,]+, linux-[a-z0-9]+\)\n$");
    }

    [Fact]
    public async Task The_schema_is_JSON_and_knows_the_sections()
    {
        (int code, string output, _) = await WeirProgram.RunAsync("schema");

        code.ShouldBe(0);
        using System.Text.Json.JsonDocument schema = System.Text.Json.JsonDocument.Parse(output);
        System.Text.Json.JsonElement sections = schema.RootElement.GetProperty("properties");
        foreach (string section in (string[])["listen", "sites", "upstreams", "stacks", "limits"])
        {
            sections.TryGetProperty(section, out _).ShouldBeTrue(section);
        }
    }
}
