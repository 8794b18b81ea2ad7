using System.Text.RegularExpressions;

namespace Weir.InMemory.Tests.Harness;

/// <summary>The configuration on a module's page: what it shows is run.</summary>
internal static partial class ReadmeExample
{
    /// <summary>The entries of a stack that a module's README shows first.</summary>
    public static string Of(string module)
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Weir.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        string page = File.ReadAllText(Path.Combine(folder!, "src", "Weir.Modules", module, "README.md"));
        return YamlBlock().Match(page).Groups[1].Value.TrimEnd();
    }

    /// <summary>A site with these entries in its stack, in front of one origin.</summary>
    public static string Site(string module) => $$"""
        listen: [":8080"]
        limits: { connections_per_client: 1000 }
        sites:
          "*":
            stack:
              {{Of(module).ReplaceLineEndings("\n      ")}}
            routes: [{ to: "http://10.0.0.1:80" }]
        """;

    [GeneratedRegex("(?ms)^```yaml\n(.*?)^```")]
    private static partial Regex YamlBlock();
}
