using Weir.Config.Model;

namespace Weir.Config.Tests.Modules;

public sealed class ModulePlacesTests
{
    private const string Text = """
        sites:
          "*":
            stack:
              - headers:
                  set:
                    X-A: b
                    X.Y: c
                  remove: [P, Q]
              - redirect: /x
              - access
        """;

    [Theory]
    [InlineData(0, "", 4, 9)]
    [InlineData(0, "set", 5, 11)]
    [InlineData(0, "set.X-A", 6, 13)]
    [InlineData(0, "set.X.Y", 7, 13)]
    [InlineData(0, "set.X-Other", 5, 11)]
    [InlineData(0, "remove[1]", 8, 23)]
    [InlineData(0, "remove.0", 8, 20)]
    [InlineData(0, "remove.9", 8, 11)]
    [InlineData(0, "response", 4, 9)]
    [InlineData(1, "to", 9, 19)]
    [InlineData(2, "allow", 10, 9)]
    public void An_option_is_found_by_its_path(int index, string option, int line, int column)
    {
        ConfigResult result = ConfigReader.ReadText(Text, "conf/weir.yaml", FakeCatalog.Instance, null, new NoFiles());
        StackEntry entry = result.Config.ShouldNotBeNull().Sites["*"].Stack[index];
        ModulePlaces.Find(entry, option).ShouldBe(new Position("conf/weir.yaml", line, column));
    }

    [Fact]
    public void An_error_of_a_module_names_the_option_and_its_place()
    {
        ConfigResult result = ConfigReader.ReadText(Text, "weir.yaml", FakeCatalog.Instance, null, new NoFiles());
        StackEntry entry = result.Config.ShouldNotBeNull().Sites["*"].Stack[0];
        ModulePlaces.ToError(entry, "set.X-A", "is no field.", "Remove it.").ToString()
            .ShouldBe("weir.yaml:6:13: error: headers.set.X-A: is no field. Remove it.");
    }

    [Fact]
    public void A_file_is_relative_to_the_folder_of_the_file_that_names_it()
    {
        StackEntry entry = new() { Position = new Position("/etc/weir/sites/a.yaml", 1, 1) };
        ModulePlaces.ResolvePath(entry, "../users").ShouldBe("/etc/weir/users");
        ModulePlaces.ResolvePath(entry, "/users").ShouldBe("/users");
    }
}
