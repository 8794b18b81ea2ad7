namespace Weir.Cli.Tests.Commands;

/// <summary>Two programs and one directory of a cache, as at a restart that overlaps.</summary>
public sealed class DiskTakeoverTests
{
    private const int Terminate = 15;

    [Fact]
    public async Task The_next_program_takes_the_directory_of_the_last_one_over_and_says_what_is_not_on_disk_until_then()
    {
        using TemporaryFolder folder = new();
        string[] files = [folder.Write("first.yaml", Config(folder, "first")), folder.Write("second.yaml", Config(folder, "second"))];
        using HttpClient client = new();
        await using WeirProgram first = WeirProgram.Start("run", "-c", files[0]);
        int port = await first.PortAsync();
        await first.SeeAsync("admin_started");
        await AskAsync(client, port, "/kept");
        await AskAsync(client, port, "/purged");

        await using WeirProgram second = WeirProgram.Start("run", "-c", files[1]);
        int next = await second.PortAsync();
        await second.SeeAsync("cannot be used: another process uses it. It is taken over once that process has ended.");
        await second.SeeAsync("admin_started");
        (int code, string output, string errors) = await WeirProgram.RunAsync("purge", "http://a.test/purged", "-c", files[1]);
        (code, output).ShouldBe((1, ""));
        errors.ShouldBe(
            $"weir: It is in force in the cache default as number {NumberIn(errors)}, but not on disk: The cache's directory cannot be used now; "
            + "the log says why. A crash before it is written brings back what it touched. Weir goes on trying and says in its log when all "
            + "purges are on disk; free room on that disk, or look into the system's log for what is wrong with it.\n");

        first.Signal(Terminate);
        (await first.ExitAsync()).ShouldBe(0);
        await second.SeeAsync("is used again");
        (code, output, errors) = await WeirProgram.RunAsync("purge", "http://a.test/other", "-c", files[1]);
        code.ShouldBe(0, errors);
        output.ShouldContain(", on disk. ");
        (await AskAsync(client, next, "/kept")).ShouldStartWith("weir;hit");
        (await AskAsync(client, next, "/purged")).ShouldStartWith("weir;fwd=uri-miss");
        second.Errors.Split("cannot be used").Length.ShouldBe(2, "it is said once");
    }

    private static string Config(TemporaryFolder folder, string name) => $$"""
        listen: ["127.0.0.1:0"]
        admin: { socket: {{name}}.sock, listen: "127.0.0.1:0" }
        process: { loops: 1, data: {{name}} }
        log: { access: off }
        caches: { default: { memory: 16MiB, disk: { path: "{{folder.Path("cache")}}", size: 16MiB } } }
        sites:
          a.test:
            stack: [ cache, { respond: { status: 200, body: content, headers: { Cache-Control: max-age=600 } } } ]
        """;

    private static string NumberIn(string text) =>
        string.Concat(text.SkipWhile(letter => !char.IsAsciiDigit(letter)).TakeWhile(char.IsAsciiDigit));

    private static async Task<string> AskAsync(HttpClient client, int port, string target)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"http://127.0.0.1:{port}{target}");
        request.Headers.Host = "a.test";
        using HttpResponseMessage response = await client.SendAsync(request);
        (await response.Content.ReadAsStringAsync()).ShouldBe("content");
        return string.Join(", ", response.Headers.GetValues("Cache-Status"));
    }
}
