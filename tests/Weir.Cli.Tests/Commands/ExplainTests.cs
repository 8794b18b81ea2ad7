using System.Text.Json;
using System.Text.RegularExpressions;

namespace Weir.Cli.Tests.Commands;

/// <summary>Golden outputs: Files/explain-NAME.txt holds the arguments in its first line, and what they print.</summary>
public sealed partial class ExplainTests
{
    // Set to the folder of the golden files to write them anew.
    private const string WriteVariable = "WEIR_WRITE_GOLDEN";

    public static TheoryData<string> Golden =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Files"), "explain-*.txt").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Golden))]
    public async Task An_explanation_is_as_it_was(string file)
    {
        string[] stored = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Files", file)).Split('\n', 2);
        string[] arguments = [.. Argument().Matches(stored[0]).Select(match => match.Value.Trim('\''))];

        (int code, string output, string errors) = await WeirProgram.RunAsync(["explain", "-c", "Files/explained.yaml", .. arguments]);

        code.ShouldBe(0, errors);
        string steady = Random().Replace(output, "$1...");
        if (Environment.GetEnvironmentVariable(WriteVariable) is { } folder)
        {
            File.WriteAllText(Path.Combine(folder, file), stored[0] + "\n" + steady);
        }

        steady.ShouldBe(stored[1]);
    }

    [Fact]
    public async Task JSON_says_the_same()
    {
        (int code, string output, string errors) = await WeirProgram.RunAsync(
            "explain", "-c", "Files/explained.yaml", "GET", "http://shop.example.com:8080/api/x?y=1", "-H", "X-Version: 2", "--json");

        code.ShouldBe(0, errors);
        using JsonDocument json = JsonDocument.Parse(output);
        JsonElement root = json.RootElement;
        root.GetProperty("outcome").GetString().ShouldBe("forwarded");
        root.GetProperty("site").GetString().ShouldBe("shop.example.com, *.shop.example.com");
        root.GetProperty("route").GetString().ShouldBe("/api/*");
        root.GetProperty("upstream").GetString().ShouldBe("app");
        root.GetProperty("origin_head")[0].GetString().ShouldBe("GET /x?y=1 HTTP/1.1");
        root.GetProperty("steps").GetArrayLength().ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task A_client_that_is_no_address_is_refused_with_a_remedy()
    {
        (int code, _, string errors) = await WeirProgram.RunAsync(
            "explain", "-c", "Files/explained.yaml", "GET", "http://shop.example.com/", "--from", "me");

        code.ShouldBe(1);
        errors.ShouldContain("'me' is not an IP address");
    }

    [GeneratedRegex(@"'[^']*'|[^' ]+")]
    private static partial Regex Argument();

    // The request id, this process's id in CDN-Loop and the date.
    [GeneratedRegex("(request id +|X-Request-Id: |weir-|Date: |request_id\":\")(?:[0-9a-f]{32}|[0-9a-f]{8}\\b|[A-Z][a-z]{2}, [^\n]* GMT)")]
    private static partial Regex Random();
}
