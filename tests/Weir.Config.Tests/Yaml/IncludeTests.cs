using Weir.Config.Tests.Modules;

namespace Weir.Config.Tests.Yaml;

public sealed class IncludeTests
{
    [Fact]
    public void Included_files_are_merged_map_by_map()
    {
        ConfigResult result = Read(
            ("weir.yaml", """
                include: "sites/*.yaml"
                limits: { header_count: 5 }
                sites: { "a.test": "http://a" }
                """),
            ("sites/b.yaml", """
                limits: { header_size: 1KiB }
                sites: { "b.test": "http://b" }
                """),
            ("sites/c.yaml", """
                sites: { "c.test": "http://c" }
                """));
        result.Errors.ShouldBeEmpty();
        result.Config!.Sites.Keys.ShouldBe(["a.test", "b.test", "c.test"]);
        result.Config.Limits.HeaderCount.ShouldBe(5);
        result.Config.Limits.HeaderSize.Octets.ShouldBe(1024);
        result.Config.Sites["b.test"].Position.ToString().ShouldBe("sites/b.yaml:2:10");
    }

    [Fact]
    public void The_same_key_in_two_files_is_an_error_that_names_both()
    {
        ConfigResult result = Read(
            ("weir.yaml", """
                include: ["sites/*.yaml"]
                limits: { header_count: 5 }
                sites: { "a.test": "http://a" }
                """),
            ("sites/b.yaml", """
                limits: { header_count: 6 }
                listen: [":1"]
                """),
            ("sites/c.yaml", """
                listen: [":2"]
                """));
        result.Errors.Select(error => error.ToString()).ShouldBe([
            "sites/b.yaml:1:11: error: The key \"header_count\" is there twice: here in sites/b.yaml and at weir.yaml:2:11. "
                + "Remove one of the two; included files add keys and override none.",
            "sites/c.yaml:1:1: error: The key \"listen\" is there twice: here in sites/c.yaml and at sites/b.yaml:2:1. "
                + "Remove one of the two; included files add keys and override none.",
        ]);
    }

    [Fact]
    public void Files_that_include_each_other_are_read_once()
    {
        ConfigResult result = Read(
            ("weir.yaml", "include: [a.yaml, \"*.yaml\"]\nsites: { \"*\": \"http://a\" }\n"),
            ("a.yaml", "include: [weir.yaml, a.yaml]\nlisten: [\":1\"]\n"));
        result.Errors.ShouldBeEmpty();
        result.Config!.Listen.ShouldHaveSingleItem();
    }

    [Fact]
    public void Errors_of_an_included_file_stand_beside_those_of_the_first()
    {
        ConfigResult result = Read(
            ("weir.yaml", "include: a.yaml\nlisten: [1]\nsites: { \"*\": \"http://a\" }\n"),
            ("a.yaml", "log: { level: x }\n"));
        result.Errors.Select(error => $"{error.File}:{error.Line}").ShouldBe(["a.yaml:1", "weir.yaml:2"]);
    }

    [Fact]
    public void A_missing_file_is_reported()
    {
        ConfigResult result = ConfigReader.Read("weir.yaml", FakeCatalog.Instance, _ => null, new MemoryFiles());
        result.Errors.ShouldHaveSingleItem().ToString()
            .ShouldBe("weir.yaml: error: The file weir.yaml cannot be read: there is no such file. Check its name and its permissions.");
    }

    private static ConfigResult Read(params (string Name, string Text)[] files) =>
        ConfigReader.Read("weir.yaml", FakeCatalog.Instance, _ => null, new MemoryFiles(files));
}
