using System.Globalization;
using System.Text.RegularExpressions;

namespace Weir.Cli.Tests.Commands;

/// <summary>What a process started as root does with it. Skipped where the tests are not root themselves.</summary>
public sealed class RightsTests
{
    private const int SigTerm = 15;
    private const string Root = "root";

    private const string Answering = """
        listen: ["127.0.0.1:0"]
        admin: off
        log: { access: off }
        sites:
          "*": { stack: [{ respond: { body: "hello\n" } }] }
        """;

    [Fact]
    public async Task Started_as_root_every_thread_becomes_the_user_for_good()
    {
        Assert.SkipUnless(Environment.UserName == Root, "Only root can become another user.");
        using TemporaryFolder folder = new();
        string data = folder.Path("data");
        await using WeirProgram weir = WeirProgram.Start(
            "run", "-c", folder.Write("weir.yaml", Answering + $"\nprocess: {{ user: nobody, data: {data}, loops: 2 }}\n"));
        int port = await weir.PortAsync();
        weir.Errors.ShouldContain("privileges_dropped: Now running as nobody");

        string nobody = File.ReadLines("/etc/passwd").First(line => line.StartsWith("nobody:", StringComparison.Ordinal)).Split(':')[2];
        string[] threads = Directory.GetDirectories($"/proc/{weir.Id}/task");
        threads.Length.ShouldBeGreaterThan(3);
        foreach (string thread in threads)
        {
            string[] status = File.ReadAllLines(Path.Combine(thread, "status"));
            Field(status, "Uid").ShouldBe(string.Join('\t', Enumerable.Repeat(nobody, 4)));
            Field(status, "Gid").Split('\t').ShouldNotContain("0");
            Field(status, "Groups").Split(' ', StringSplitOptions.RemoveEmptyEntries).ShouldNotContain("0");
            ulong.Parse(Field(status, "CapEff"), NumberStyles.HexNumber, CultureInfo.InvariantCulture).ShouldBe(0UL);
            ulong.Parse(Field(status, "CapPrm"), NumberStyles.HexNumber, CultureInfo.InvariantCulture).ShouldBe(0UL);
        }

        // The threads that serve are started after the promise.
        string[] loops = [.. threads.Where(thread => File.ReadAllText(Path.Combine(thread, "comm")).StartsWith("weir-loop", StringComparison.Ordinal))];
        loops.Length.ShouldBe(2);
        loops.ShouldAllBe(thread => Field(File.ReadAllLines(Path.Combine(thread, "status")), "NoNewPrivs") == "1");

        File.GetUnixFileMode(data).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using HttpClient client = new();
        (await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"))).ShouldBe("hello\n");
        weir.Signal(SigTerm);
        (await weir.ExitAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Root_without_a_user_to_become_is_a_warning()
    {
        Assert.SkipUnless(Environment.UserName == Root, "Only root is warned.");
        using TemporaryFolder folder = new();
        await using WeirProgram weir = WeirProgram.Start("run", "-c", folder.Write("weir.yaml", Answering));
        await weir.PortAsync();

        weir.Errors.ShouldContain("warning root_without_user: Weir serves as root");
    }

    [Fact]
    public async Task A_user_that_does_not_exist_is_an_error_with_its_place()
    {
        Assert.SkipUnless(Environment.UserName == Root, "Only root becomes another user.");
        using TemporaryFolder folder = new();
        (int code, _, string errors) = await WeirProgram.RunAsync(
            "run", "-c", folder.Write("weir.yaml", Answering + "\nprocess: { user: no-such-user }\n"));

        code.ShouldBe(1);
        Regex.IsMatch(errors, @"weir\.yaml:\d+:\d+: error: process\.user: this machine has no user 'no-such-user'").ShouldBeTrue(errors);
    }

    [Fact]
    public async Task As_JSON_every_message_is_an_object_with_a_name_a_level_and_a_text()
    {
        using TemporaryFolder folder = new();
        string config = Answering.Replace("log: { access: off }", "log: { access: off, format: json }", StringComparison.Ordinal);
        await using WeirProgram weir = WeirProgram.Start("run", "-c", folder.Write("weir.yaml", config));
        await weir.SeeAsync("\"event\":\"started\"");
        weir.Signal(SigTerm);

        (await weir.ExitAsync()).ShouldBe(0);
        string[] lines = weir.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBeGreaterThan(1);
        foreach (string line in lines)
        {
            using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(line);
            json.RootElement.GetProperty("event").GetString().ShouldNotBeNullOrEmpty();
            json.RootElement.GetProperty("level").GetString().ShouldBeOneOf("debug", "info", "warning", "error");
            json.RootElement.GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
        }
    }

    private static string Field(string[] status, string name) =>
        status.First(line => line.StartsWith(name + ":", StringComparison.Ordinal))[(name.Length + 1)..].Trim();
}
