using Weir.Abstractions.Options;
using Weir.Config.Model;
using Weir.Config.Tests.Modules;
using Weir.Config.Writing;

namespace Weir.Config.Tests.Writing;

public sealed class EffectiveConfigTests
{
    [Theory]
    [InlineData("good-whole-shape.yaml")]
    [InlineData("good-smallest-plain.yaml")]
    public void The_effective_configuration_reads_back_as_itself(string name)
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", name));
        string first = EffectiveConfig.Write(Read(text));
        string second = EffectiveConfig.Write(Read(first));
        WithoutComments(second).ShouldBe(WithoutComments(first));
    }

    [Fact]
    public void Defaults_are_written_and_named_stacks_stand_in_place()
    {
        string text = EffectiveConfig.Write(Read("""
            stacks: { public: [{ headers: { set: { X-A: "$${x} 'b'" } } }] }
            sites: { "*": { stack: [public], to: "http://localhost:3000" } }
            """));
        text.ShouldContain("header_timeout: 10s\n");
        text.ShouldContain("- address: ':8080'\n");
        text.ShouldContain("- headers:  # from public\n");
        text.ShouldContain("'$${x} ''b'''");
        text.ShouldNotContain("stacks:");
    }

    private static WeirConfig Read(string text)
    {
        ConfigResult result = ConfigReader.ReadText(
            text, "weir.yaml", FakeCatalog.Instance, name => name == "ORIGIN" ? "http://127.0.0.1:3000" : null, new NoFiles());
        result.Errors.ShouldBe(Array.Empty<ConfigError>(), text);
        return result.Config.ShouldNotBeNull();
    }

    private static string WithoutComments(string text) =>
        string.Join('\n', text.Split('\n').Select(line => line.Split("  # from ")[0]));
}
