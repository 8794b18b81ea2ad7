using System.Globalization;
using System.Security.Cryptography;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Clients;

/// <summary>curl, nghttp and h2load as HTTP/2 clients with prior knowledge, nginx as the origin.</summary>
public sealed class Http2Clients : IAsyncLifetime
{
    private const int LargeOctets = 16 << 20;

    private readonly string _folder = Programs.NewFolder();
    private Nginx _nginx = null!;
    private RunningWeir _weir = null!;

    public async ValueTask InitializeAsync()
    {
        _nginx = await Nginx.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(_nginx.Folder, "small.txt"), "hello\n");
        await File.WriteAllBytesAsync(Path.Combine(_nginx.Folder, "large.bin"), RandomNumberGenerator.GetBytes(LargeOctets));
        _weir = await RunningWeir.InFrontOfAsync(_nginx.Url, "listen: [{ address: \"127.0.0.1:0\", protocols: [h1, h2] }]");
    }

    public async ValueTask DisposeAsync()
    {
        await _weir.DisposeAsync();
        await _nginx.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Curl_gets_a_file_over_HTTP2_and_over_HTTP1()
    {
        string output = await RunAsync("curl", "-sS", "--http2-prior-knowledge", "-i", _weir.Url + "/small.txt");
        output.ShouldStartWith("HTTP/2 200");
        output.ShouldContain("\r\ncontent-length: 6\r\n");
        output.ShouldEndWith("\r\n\r\nhello\n");
        (await RunAsync("curl", "-sS", "--http1.1", "-i", _weir.Url + "/small.txt")).ShouldStartWith("HTTP/1.1 200 OK\r\n");
    }

    [Fact]
    public async Task Curl_gets_large_files_at_once_and_they_are_whole()
    {
        string expected = Hash(Path.Combine(_nginx.Folder, "large.bin"));
        string[] targets = [.. Enumerable.Range(0, 4).Select(i => Path.Combine(_folder, $"{i}"))];

        // One each: Debian's curl 7.88 cannot use a connection again that it made with prior knowledge (nginx fails it too).
        await Task.WhenAll(
            targets.Select(target => RunAsync("curl", "-sS", "--http2-prior-knowledge", "-o", target, _weir.Url + "/large.bin")));
        foreach (string target in targets)
        {
            Hash(target).ShouldBe(expected);
        }
    }

    [Fact]
    public async Task Curl_uploads_a_large_file()
    {
        string file = Path.Combine(_folder, "up");
        await File.WriteAllBytesAsync(file, RandomNumberGenerator.GetBytes(8 << 20));
        await using RawOrigin origin = new(async wire =>
        {
            string head = await wire.ReadHeadAsync();
            head.ShouldContain("ontent-length: 8388608");
            await wire.ReadExactlyAsync(8 << 20);
            await wire.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntook");
            await wire.ReadToEndAsync();
        });
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(
            origin.Url, "listen: [{ address: \"127.0.0.1:0\", protocols: [h2] }]");
        (await RunAsync("curl", "-sS", "--http2-prior-knowledge", "-T", file, weir.Url + "/up")).ShouldBe("took");
    }

    [Fact]
    public async Task Nghttp_gets_large_and_small_files_at_once()
    {
        string output = await RunAsync("nghttp", "-n", "-s", "-m", "5", _weir.Url + "/small.txt", _weir.Url + "/large.bin");
        output.Split("  200 ").Length.ShouldBe(11, output);
        output.Split("/large.bin").Length.ShouldBe(6, output);
    }

    [Fact]
    public async Task H2load_fails_no_request()
    {
        int requests = int.TryParse(Environment.GetEnvironmentVariable("WEIR_H2LOAD"), CultureInfo.InvariantCulture, out int wanted)
            ? wanted
            : 100_000;
        string output = await RunAsync(
            "h2load", "-n", requests.ToString(CultureInfo.InvariantCulture), "-c", "32", "-m", "10", _weir.Url + "/small.txt");
        output.ShouldContain($"{requests} succeeded, 0 failed, 0 errored, 0 timeout");
        output.ShouldContain($"status codes: {requests} 2xx, 0 3xx, 0 4xx, 0 5xx");
    }

    private static string Hash(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return Convert.ToHexString(SHA256.HashData(stream));
    }

    private static async Task<string> RunAsync(string program, params IEnumerable<string> arguments)
    {
        (int code, string output, string error) = await Programs.RunAsync(program, arguments);
        code.ShouldBe(0, error + output);
        return output;
    }
}
