using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Weir.Cli.Tests.Commands;

/// <summary>weir cache and weir purge beside a running Weir.</summary>
public sealed partial class CacheTests
{
    private const string Config = """
        listen: ["127.0.0.1:0"]
        admin: { socket: admin.sock, listen: "127.0.0.1:0" }
        process: { loops: 1, data: data }
        log: { access: off }
        caches: { default: { memory: 16MiB } }
        sites:
          a.test:
            stack: [ cache, { respond: { status: 200, body: content, headers: { Cache-Control: max-age=600, Surrogate-Key: "a b" } } } ]
        """;

    [Fact]
    public async Task What_is_stored_is_seen_and_purged_from_the_command_line()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("weir.yaml", Config);
        await using WeirProgram weir = WeirProgram.Start("run", "-c", file);
        int port = await weir.PortAsync();
        await weir.SeeAsync("admin_started");
        await TellsAsync(file, "Nothing was purged since the start.\n", "cache", "purges");
        await TellsAsync(file, "Nothing went on to an origin yet.\n", "cache", "misses");
        await TellsAsync(file, "Too few hits yet: one of 32 is looked at.\n", "cache", "top");
        await TellsAsync(file, "No two stored responses differ in one query parameter alone.\n", "cache", "splits");
        using HttpClient client = new();
        for (int i = 0; i < 6; i++)
        {
            await AskAsync(client, port, $"/x?id=1&ref={i}");
        }

        for (int i = 0; i < 64; i++)
        {
            await AskAsync(client, port, "/x?id=1&ref=0");
        }

        await AskAsync(client, port, "/login", "secret");
        await TellsAsync(
            file,
            """
            cache    objects  memory  of        requests  hit ratio  filling  evicted  purged  remarks
            default  6        N MiB   16.0 MiB  71        90.1 %     0        0        0       1 query parameter splits keys needlessly: weir cache splits

            cache    site    route   requests  hit ratio  hit  stale  stand-in  followed  validated  forwarded  not stored
            default  a.test  (site)  71        90.1 %     64   0      0         0         0          7          1

            """,
            "cache");
        await TellsAsync(
            file,
            """
            cache    hits  URL
            default  ~64   http://a.test:PORT/x?id=1&ref=0

            """,
            "cache", "top");
        await TellsAsync(
            file,
            """
            cache    site    route   what        why            requests
            default  a.test  (site)  went on     uri-miss       7
            default  a.test  (site)  not stored  authorization  1

            docs/guide/cache.md says what each reason means and what to do about it.

            """,
            "cache", "misses");
        await TellsAsync(
            file,
            """
            cache    host         parameter  same  different  advice               example
            default  a.test:PORT  ref        5     0          ignore_query: [ref]  http://a.test:PORT/x?id=1&ref=1

            """,
            "cache", "splits");
        await TellsAsync(file, "default: would touch 6 stored responses, 42 B.\n", "purge", "--tag", "b", "--dry-run");
        await TellsAsync(
            file, "default: made stale, in force as number 1. `weir cache purges` says how much it touched.\n", "purge", "--soft", "--where", "size < 1KiB");
        await TellsAsync(
            file, "default: purged, in force as number 2. `weir cache purges` says how much it touched.\n", "purge", "--host", "a.test", "--cache", "default");
        await AskAsync(client, port, "/x?id=1&ref=0");
        await weir.SeeAsync("The purge 2 of the cache default (host a.test) is carried out");
        (int code, string output, string errors) = await WeirProgram.RunAsync("cache", "purges", "-c", file);
        code.ShouldBe(0, errors);
        output.ShouldMatch(
            @"cache +number +kind +touched +state +who +what\n.* default +2 +hard +6 +done +uid \d+ \(pid \d+\) +host a\.test\n");
        output.ShouldMatch(@" default +1 +soft +\d +done +uid \d+ .*where size < 1KiB\n");
        weir.Errors.ShouldContain("cache_purged: uid ");
    }

    [Fact]
    public async Task What_the_disk_holds_is_seen_before_and_after_a_restart()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write(
            "weir.yaml", Config.Replace("memory: 16MiB", "memory: 16MiB, disk: { path: cache, size: 16MiB }", StringComparison.Ordinal));
        using HttpClient client = new();
        await using (WeirProgram weir = WeirProgram.Start("run", "-c", file))
        {
            int port = await weir.PortAsync();
            await weir.SeeAsync("admin_started");
            await TableAsync(file, "known after");
            await AskAsync(client, port, "/x", host: "a.test");
            (await TableAsync(file, "1 of 62")).ShouldMatch(
                @"cache +disk +objects +segments +taken +of +index +hits +opened +misses +written +dropped +evicted +remarks\n"
                + @"default +on +1 +1 of 62 +256\.0 KiB +16\.0 MiB +[\d.]+ [KM]?i?B +0 +0 +0 +1 +0 +0 +known after \d+ ms\n");
        }

        await using WeirProgram again = WeirProgram.Start("run", "-c", file);
        int next = await again.PortAsync();
        await again.SeeAsync("admin_started");
        await TableAsync(file, "known after");
        await AskAsync(client, next, "/x", host: "a.test");
        (await TableAsync(file, "1 of 62")).ShouldMatch(
            @"default +on +1 +1 of 62 +256\.0 KiB +16\.0 MiB +[\d.]+ [KM]?i?B +1 +0 +0 +0 +0 +0 +known");
    }

    [Fact]
    public async Task What_cannot_be_purged_is_said_and_why()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("weir.yaml", Config);
        await using WeirProgram weir = WeirProgram.Start("run", "-c", file);
        await weir.SeeAsync("admin_started");
        await RefusesAsync(
            file, "The order names nothing: give a URL, a prefix, a host, a tag, conditions, or everything. Nothing was purged.");
        await RefusesAsync(file, "\"/x\" is no URL. Write e.g. https://example.com/path?query, or without https:// for both schemes. Nothing was purged.", "/x");
        await RefusesAsync(file, "There is no cache \"other\". Known are: default.", "--all", "--cache", "other");
        await RefusesAsync(file, "host is a text: compare it by == or !=. Nothing was purged.", "--where", "host > a");
    }

    // The disk is written beside serving: asked until it is as expected.
    private static async Task<string> TableAsync(string file, string expected)
    {
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(30));
        while (true)
        {
            (int code, string output, string errors) = await WeirProgram.RunAsync("cache", "-c", file);
            code.ShouldBe(0, errors);
            if (output.Contains(expected, StringComparison.Ordinal))
            {
                return output;
            }

            deadline.IsCancellationRequested.ShouldBeFalse(output);
        }
    }

    private static async Task TellsAsync(string file, string expected, params string[] command)
    {
        (int code, string output, string errors) = await WeirProgram.RunAsync([.. command, "-c", file]);
        code.ShouldBe(0, errors);
        Plain(output).ShouldBe(Plain(expected));
    }

    private static async Task RefusesAsync(string file, string problem, params string[] order)
    {
        (int code, string output, string errors) = await WeirProgram.RunAsync(["purge", .. order, "-c", file]);
        (code, output, errors).ShouldBe((1, "", $"weir: {problem}\n"));
    }

    private static async Task AskAsync(HttpClient client, int port, string target, string? credentials = null, string? host = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"http://127.0.0.1:{port}{target}");
        request.Headers.Host = host ?? $"a.test:{port}";
        request.Headers.Authorization = credentials is null ? null : new AuthenticationHeaderValue("Basic", credentials);
        using HttpResponseMessage response = await client.SendAsync(request);
        (await response.Content.ReadAsStringAsync()).ShouldBe("content");
    }

    // Ports, and the memory that is taken, are of one run, and so are the widths of columns.
    private static string Plain(string output) =>
        Memory().Replace(Blanks().Replace(Port().Replace(output, "a.test:PORT"), " "), "default 6 N MiB");

    [GeneratedRegex(@"a\.test:\d+")]
    private static partial Regex Port();

    [GeneratedRegex("  +")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"default 6 \d+\.\d [KM]iB")]
    private static partial Regex Memory();
}
