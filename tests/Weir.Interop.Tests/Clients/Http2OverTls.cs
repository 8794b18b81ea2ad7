using System.Security.Cryptography;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Clients;

/// <summary>curl, nghttp and h2load over TLS, agreeing on HTTP/2 by ALPN, nginx as the origin.</summary>
public sealed class Http2OverTls : IAsyncLifetime
{
    private const int LargeOctets = 4 << 20;

    private readonly TestAuthority _certificates = new();
    private Nginx _nginx = null!;
    private RunningWeir _weir = null!;

    public async ValueTask InitializeAsync()
    {
        _nginx = await Nginx.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(_nginx.Folder, "small.txt"), "hello\n");
        await File.WriteAllBytesAsync(Path.Combine(_nginx.Folder, "large.bin"), RandomNumberGenerator.GetBytes(LargeOctets));
        _weir = await RunningWeir.StartAsync($$"""
            listen: [{ address: "127.0.0.1:0", tls: true }]
            sites:
              "*": { to: "{{_nginx.Url}}", tls: { {{_certificates.Issue("a", "a.test")}} } }
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await _weir.DisposeAsync();
        await _nginx.DisposeAsync();
        _certificates.Dispose();
    }

    [Fact]
    public async Task Curl_asks_often_on_one_connection_and_over_either_version()
    {
        string url = $"https://a.test:{_weir.Port}/small.txt";
        (await CurlAsync("--http2", "-w", "%{http_version} %{num_connects}\n", url, url, url)).ShouldBe(
            "hello\n2 1\nhello\n2 0\nhello\n2 0\n");
        (await CurlAsync("--http1.1", "-w", "%{http_version} %{num_connects}\n", url, url)).ShouldBe("hello\n1.1 1\nhello\n1.1 0\n");
    }

    [Fact]
    public async Task Curl_gets_large_files_at_once_on_one_connection()
    {
        string folder = Programs.NewFolder();
        string url = $"https://a.test:{_weir.Port}/large.bin";
        string[] files = [.. Enumerable.Range(0, 5).Select(i => Path.Combine(folder, $"{i}"))];
        await CurlAsync(["--http2", "--parallel", .. files.SelectMany(file => (string[])["-o", file, url])]);
        string expected = Hash(Path.Combine(_nginx.Folder, "large.bin"));
        files.ShouldAllBe(file => Hash(file) == expected);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Nghttp_gets_files_at_once()
    {
        string url = $"https://127.0.0.1:{_weir.Port}";
        (int code, string output, string error) = await Programs.RunAsync(
            "nghttp", "-n", "-s", "-m", "5", url + "/small.txt", url + "/large.bin");
        code.ShouldBe(0, error);
        output.Split("  200 ").Length.ShouldBe(11, output);
    }

    [Fact]
    public async Task H2load_fails_no_request()
    {
        (int code, string output, string error) = await Programs.RunAsync(
            "h2load", "-n", "100000", "-c", "32", "-m", "10", $"https://127.0.0.1:{_weir.Port}/small.txt");
        code.ShouldBe(0, error);
        output.ShouldContain("100000 succeeded, 0 failed, 0 errored, 0 timeout");
        output.ShouldContain("Application protocol: h2");
    }

    private async Task<string> CurlAsync(params string[] arguments)
    {
        (int code, string output, string error) = await Programs.RunAsync("curl",
            ["-sS", "--cacert", _certificates.Authority, "--resolve", $"a.test:{_weir.Port}:127.0.0.1", .. arguments]);
        code.ShouldBe(0, error);
        return output;
    }

    private static string Hash(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return Convert.ToHexString(SHA256.HashData(stream));
    }
}
