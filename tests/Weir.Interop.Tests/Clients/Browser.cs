using System.Globalization;
using System.Text;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Clients;

/// <summary>A headless Chromium loads pages through Weir and writes what it got into the page, which it then prints.</summary>
public sealed class Browser : IAsyncLifetime
{
    private const int Each = 50;

    private readonly Chromium _browser = new();
    private Nginx _nginx = null!;

    public async ValueTask InitializeAsync() => _nginx = await Nginx.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _nginx.DisposeAsync();
        _browser.Dispose();
    }

    [Fact]
    public async Task A_page_of_100_resources_loads()
    {
        await WritePageAsync();
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(_nginx.Url);
        string page = await _browser.DumpAsync(weir.Url + "/");
        page.ShouldContain($"data-count=\"{Each}/{Each}/0\"");
        page.ShouldContain("data-protocols=\"http/1.1\"");
    }

    [Fact]
    public async Task A_page_of_100_resources_loads_over_HTTP2()
    {
        await WritePageAsync();
        using TestAuthority certificates = new();
        await using RunningWeir weir = await StartSecurelyAsync(certificates, $"to: {_nginx.Url}");
        string page = await _browser.DumpAsync($"https://127.0.0.1:{weir.Port}/");
        page.ShouldContain($"data-count=\"{Each}/{Each}/0\"");
        page.ShouldContain("data-protocols=\"h2\"");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_page_talks_over_a_WebSocket(bool isHttp2)
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
            const socket = new WebSocket(`${location.protocol.replace('http', 'ws')}//${location.host}/ws`);
            socket.onopen = () => socket.send('hello');
            socket.onmessage = event => { document.body.dataset.got = event.data; socket.close(4002, 'bye'); };
            socket.onclose = event => { document.body.dataset.code = event.code; fetch('/closed'); };
            </script><script async src="/hold"></script>
            """);
        string routes = $$"""
            routes: [{ path: /ws, to: "{{echo.Url}}" }, { path: /closed, to: "{{hold.Url}}" }, { path: /hold, to: "{{hold.Url}}" }, { to: "{{_nginx.Url}}" }]
            """;
        using TestAuthority certificates = new();
        await using RunningWeir weir = isHttp2
            ? await StartSecurelyAsync(certificates, routes)
            : await RunningWeir.StartAsync($"sites: {{ \"*\": {{ {routes} }} }}");
        string page = await _browser.DumpAsync($"{(isHttp2 ? "https" : "http")}://127.0.0.1:{weir.Port}/");
        page.ShouldContain("data-got=\"hello\"");
        page.ShouldContain("data-code=\"4002\"");
        echo.TakeRecorded().ShouldContain(isHttp2 ? "via: 2 " : "via: 1.1 ", Case.Insensitive);
    }

    private static Task<RunningWeir> StartSecurelyAsync(TestAuthority certificates, string site) => RunningWeir.StartAsync($$"""
        listen: [{ address: "127.0.0.1:0", tls: true }]
        sites:
          "*": { {{site}}, tls: { {{certificates.Issue("page", "page.test")}} } }
        """);

    private async Task WritePageAsync()
    {
        StringBuilder page = new(
            "<!doctype html><title>page</title><body><script>var loadedScripts = 0, loadedImages = 0, failed = 0</script>");
        for (int i = 0; i < Each; i++)
        {
            await File.WriteAllTextAsync(Path.Combine(_nginx.Folder, $"{i}.js"), "loadedScripts++;");
            await File.WriteAllTextAsync(
                Path.Combine(_nginx.Folder, $"{i}.svg"), $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{i + 1}\" height=\"9\"></svg>");
            page.Append(CultureInfo.InvariantCulture, $"<img src=\"/{i}.svg\" onload=\"loadedImages++\" onerror=\"failed++\">");
            page.Append(CultureInfo.InvariantCulture, $"<script src=\"/{i}.js\" onerror=\"failed++\"></script>");
        }

        page.Append("<script>onload = () => { document.body.dataset.count = `${loadedScripts}/${loadedImages}/${failed}`;");
        page.Append("document.body.dataset.protocols = [...new Set(performance.getEntriesByType('resource').map(entry => entry.nextHopProtocol))].join() }");
        page.Append("</script>");
        await File.WriteAllTextAsync(Path.Combine(_nginx.Folder, "index.html"), page.ToString());
    }
}
