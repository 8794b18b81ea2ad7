using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Shield;

/// <summary>`challenge` with a headless Chromium, which solves the puzzle, and with curl, which keeps a cookie and waits.</summary>
public sealed class ChallengeTests : IDisposable
{
    private const int MostTries = 500;

    private readonly string _folder = Programs.NewFolder();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_browser_solves_the_puzzle_and_reaches_the_origin(bool isSecure)
    {
        // The page's load waits for /hold, and that for the origin to be asked for what the puzzle stands before.
        TaskCompletionSource<string> reached = new();
        await using RawOrigin origin = new(async wire =>
        {
            string head = await wire.ReadHeadAsync();
            if (head.StartsWith("GET /inner", StringComparison.Ordinal))
            {
                reached.TrySetResult(head);
            }

            if (head.StartsWith("GET /hold", StringComparison.Ordinal))
            {
                await reached.Task;
            }

            string page = head.StartsWith("GET /outer", StringComparison.Ordinal)
                ? "<!doctype html><title>outer</title><iframe src=\"/inner?a=1\"></iframe><script async src=\"/hold\"></script>"
                : "";
            await wire.SendAsync(
                $"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {page.Length}\r\nConnection: close\r\n\r\n{page}");
            await wire.ReadToEndAsync();
        });
        using TestAuthority certificates = new();
        string tls = isSecure ? $", tls: {{ {certificates.Issue("page", "page.test")} }}" : "";
        await using RunningWeir weir = await RunningWeir.StartAsync($$"""
            listen: [{ address: "127.0.0.1:0", tls: {{(isSecure ? "true" : "false")}} }]
            process: { loops: 1, data: "{{_folder}}/data" }
            sites:
              "*": { stack: [{ challenge: { always: true, difficulty: 10, exempt_when: '!request.path.startsWith("/inner")' } }], to: "{{origin.Url}}"{{tls}} }
            """);
        (int code, string output, string error) = await Programs.RunAsync(
            "/usr/bin/chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
            "--no-first-run", "--no-proxy-server", "--ignore-certificate-errors", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            $"--user-data-dir={_folder}/profile", "--dump-dom", $"{(isSecure ? "https" : "http")}://127.0.0.1:{weir.Port}/outer");
        code.ShouldBe(0, error);
        output.ShouldContain("<title>outer</title>");
        string asked = await reached.Task;
        asked.ShouldStartWith("GET /inner?a=1 HTTP/1.1");
        asked.ShouldNotContain("weir-pass");
        File.Exists(Path.Combine(_folder, "data", "challenge.key")).ShouldBeTrue();
    }

    [Fact]
    public async Task Curl_waits_and_reaches_the_origin_by_its_cookie()
    {
        await using RawOrigin origin = new(async wire =>
        {
            await wire.ReadHeadAsync();
            await wire.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
            await wire.ReadToEndAsync();
        });
        await using RunningWeir weir = await RunningWeir.StartAsync($$"""
            process: { loops: 1, data: "{{_folder}}/data" }
            sites: { "*": { stack: [{ challenge: { always: true, no_script_wait: 1s } }], to: "{{origin.Url}}" } }
            """);
        (await CurlAsync(weir, "*/*")).ShouldContain("429 ");
        string first = await CurlAsync(weir, "text/html");
        first.ShouldContain("http-equiv=\"refresh\" content=\"2\"");
        first.ShouldContain("Set-Cookie: weir-wait=");
        for (int i = 0; i < MostTries; i++)
        {
            string answer = await CurlAsync(weir, "text/html");
            if (answer.StartsWith("HTTP/1.1 200 OK", StringComparison.Ordinal))
            {
                answer.ShouldEndWith("hello");
                return;
            }
        }

        Assert.Fail("Waiting brought no pass.");
    }

    private async Task<string> CurlAsync(RunningWeir weir, string accept)
    {
        string jar = Path.Combine(_folder, "jar");
        (int code, string output, string error) = await Programs.RunAsync(
            "curl", "-s", "-i", "--max-time", "20", "-b", jar, "-c", jar, "-H", "Accept: " + accept, weir.Url + "/a");
        code.ShouldBe(0, error);
        return output;
    }
}
