using System.Diagnostics;
using System.Security.Cryptography;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Shield;

/// <summary>
/// `bandwidth` as curl sees it, through the whole proxy. That something takes at least so long is no guess about the machine: a slow one
/// takes longer.
/// </summary>
public sealed class BandwidthTests : IDisposable
{
    private const int Octets = 160 * 1024;

    // 512KiB/s after a burst of 32 KiB.
    private static readonly TimeSpan _least = TimeSpan.FromSeconds((160 - 32) / 512.0 * 0.9);

    private readonly string _folder = Programs.NewFolder();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_download_is_whole_and_no_faster_than_its_rate()
    {
        string content = Content();
        await using RawOrigin origin = new(async wire =>
        {
            await wire.ReadHeadAsync();
            await wire.TrySendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {content.Length}\r\nConnection: close\r\n\r\n{content}");
            await wire.ReadToEndAsync();
        });
        await using RunningWeir weir = await StartAsync(origin, "response: 512KiB/s, burst: 32KiB");
        Stopwatch watch = Stopwatch.StartNew();
        (await CurlAsync(weir)).ShouldBe(content);
        watch.Elapsed.ShouldBeGreaterThan(_least);
    }

    [Fact]
    public async Task An_upload_is_whole_and_no_faster_than_its_rate()
    {
        string content = Content();
        string file = Path.Combine(_folder, "content");
        await File.WriteAllTextAsync(file, content);
        await using RawOrigin origin = new();
        await using RunningWeir weir = await StartAsync(origin, "request: 512KiB/s, burst: 32KiB");
        Stopwatch watch = Stopwatch.StartNew();
        (await CurlAsync(weir, "-H", "Expect:", "--data-binary", "@" + file)).ShouldBe("ok");
        watch.Elapsed.ShouldBeGreaterThan(_least);
        origin.TakeRecorded().ShouldEndWith("\r\n\r\n" + content);
    }

    [Fact]
    public async Task One_key_slows_nobody_down_but_itself()
    {
        string content = Content();
        await using RawOrigin origin = new(async wire =>
        {
            string head = await wire.ReadHeadAsync();
            string sent = head.Contains("X-Key: a", StringComparison.OrdinalIgnoreCase) ? content : content[..1000];
            await wire.TrySendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {sent.Length}\r\nConnection: close\r\n\r\n{sent}");
            await wire.ReadToEndAsync();
        });
        await using RunningWeir weir = await StartAsync(origin, "key: header.X-Key, response: 1KiB/s, burst: 64KiB");

        // More than the burst of its key: the rest would take a minute and a half.
        using Wire slow = await weir.ConnectAsync();
        await slow.SendAsync("GET / HTTP/1.1\r\nHost: h\r\nX-Key: a\r\n\r\n");
        await slow.ReadHeadAsync();
        (await slow.ReadExactlyAsync(60 * 1024)).ShouldBe(content[..(60 * 1024)]);
        Task<string> rest = slow.ReadExactlyAsync(Octets - (60 * 1024));
        (await CurlAsync(weir, "-H", "X-Key: b")).ShouldBe(content[..1000]);
        rest.IsCompleted.ShouldBeFalse();
        slow.Reset();
        await Should.ThrowAsync<Exception>(rest);
    }

    private static string Content() => Convert.ToHexString(RandomNumberGenerator.GetBytes(Octets / 2));

    private static Task<RunningWeir> StartAsync(RawOrigin origin, string options) => RunningWeir.StartAsync($$"""
        sites: { "*": { stack: [{ bandwidth: { {{options}} } }], to: "{{origin.Url}}" } }
        """);

    private static async Task<string> CurlAsync(RunningWeir weir, params string[] arguments)
    {
        (int code, string output, string error) = await Programs.RunAsync("curl", ["-s", "--max-time", "60", .. arguments, weir.Url + "/"]);
        code.ShouldBe(0, error);
        return output;
    }
}
