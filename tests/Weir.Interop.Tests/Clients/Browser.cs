using System.Globalization;
using System.Text;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Clients;

/// <summary>A headless Chromium loads pages through Weir and writes what it got into the page, which it then prints.</summary>
public sealed class Browser : IAsyncLifetime
{
    private const int Each = 50;

    private readonly string _profile = Programs.NewFolder();
    private Nginx _nginx = null!;

    public async ValueTask InitializeAsync() => _nginx = await Nginx.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _nginx.DisposeAsync();
        Directory.Delete(_profile, recursive: true);
    }

    [Fact]
    public async Task A_page_of_100_resources_loads()
    {
        StringBuilder page = new("<!doctype html><title>page</title><body><script>var loadedScripts = 0, loadedImages = 0, failed = 0</script>");
        for (int i = 0; i < Each; i++)
        {
            await File.WriteAllTextAsync(Path.Combine(_nginx.Folder, $"{i}.js"), "loadedScripts++;");
            await File.WriteAllTextAsync(
                Path.Combine(_nginx.Folder, $"{i}.svg"), $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{i + 1}\" height=\"9\"></svg>");
            page.Append(CultureInfo.InvariantCulture, $"<img src=\"/{i}.svg\" onload=\"loadedImages++\" onerror=\"failed++\">");
            page.Append(CultureInfo.InvariantCulture, $"<script src=\"/{i}.js\" onerror=\"failed++\"></script>");
        }

        page.Append("<script>onload = () => document.body.dataset.count = `${loadedScripts}/${loadedImages}/${failed}`</script>");
        await File.WriteAllTextAsync(Path.Combine(_nginx.Folder, "index.html"), page.ToString());
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(_nginx.Url);
        (await DumpAsync(weir.Url + "/")).ShouldContain($"data-count=\"{Each}/{Each}/0\"");
    }

    [Fact]
    public async Task A_page_talks_over_a_WebSocket()
    {
        // The page's load waits for /hold, and that for the end of the talk.
        TaskCompletionSource isOver = new();
        await using RawOrigin echo = new(EchoOrigin.EchoAsync);
        await using RawOrigin hold = new(async wire =>
        {
            if ((await wire.ReadHeadAsync()).StartsWith("GET /closed", StringComparison.Ordinal))
            {
                isOver.TrySetResult();
            }

            await isOver.Task;
            await wire.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/javascript\r\nContent-Length: 0\r\n\r\n");
            await wire.ReadToEndAsync();
        });
        await File.WriteAllTextAsync(Path.Combine(_nginx.Folder, "index.html"), """
            <!doctype html><title>talk</title><body><script>
            const socket = new WebSocket(`ws://${location.host}/ws`);
            socket.onopen = () => socket.send('hello');
            socket.onmessage = event => { document.body.dataset.got = event.data; socket.close(4002, 'bye'); };
            socket.onclose = event => { document.body.dataset.code = event.code; fetch('/closed'); };
            </script><script async src="/hold"></script>
            """);
        await using RunningWeir weir = await RunningWeir.StartAsync($$"""
            sites:
              "*":
                routes:
                  - { path: /ws, to: {{echo.Url}} }
                  - { path: /closed, to: {{hold.Url}} }
                  - { path: /hold, to: {{hold.Url}} }
                  - to: {{_nginx.Url}}
            """);
        string page = await DumpAsync(weir.Url + "/");
        page.ShouldContain("data-got=\"hello\"");
        page.ShouldContain("data-code=\"4002\"");
    }

    private async Task<string> DumpAsync(string url)
    {
        (int code, string output, string error) = await Programs.RunAsync(
            "/usr/bin/chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
            "--no-first-run", "--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--user-data-dir=" + _profile,
            "--dump-dom", url);
        code.ShouldBe(0, error);
        return output;
    }
}
