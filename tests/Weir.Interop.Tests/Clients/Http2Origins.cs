using System.Globalization;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Clients;

/// <summary>HTTP/2 to origins over sockets: nghttpd and another Weir, in the clear and over TLS, for clients of both versions.</summary>
public sealed class Http2Origins : IAsyncLifetime
{
    private const int LargeOctets = 8 << 20;
    private const string Listen = "listen: [{ address: \"127.0.0.1:0\", protocols: [h1, h2] }]";

    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(60));
    private readonly string _folder = Programs.NewFolder();
    private readonly TestAuthority _authority = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _authority.Dispose();
        _deadline.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("--http1.1", false)]
    [InlineData("--http1.1", true)]
    [InlineData("--http2-prior-knowledge", false)]
    [InlineData("--http2-prior-knowledge", true)]
    public async Task Files_of_any_size_go_both_ways(string version, bool isSecure)
    {
        await using Nghttpd origin = isSecure ? await StartSecurelyAsync() : await Nghttpd.StartAsync();
        string large = Path.Combine(origin.Folder, "large.bin");
        await File.WriteAllBytesAsync(large, RandomNumberGenerator.GetBytes(LargeOctets));
        await File.WriteAllTextAsync(Path.Combine(origin.Folder, "small.txt"), "hello\n");
        await using RunningWeir weir = await InFrontOfAsync(origin.Port, isSecure);
        (await CurlAsync(version, weir.Url + "/small.txt")).ShouldBe("hello\n");
        string down = Path.Combine(_folder, "down");
        await CurlAsync(version, "-o", down, weir.Url + "/large.bin");
        Hash(down).ShouldBe(Hash(large));

        // What is uploaded comes back.
        string back = Path.Combine(_folder, "back");
        await CurlAsync(version, "-o", back, "-H", "Expect:", "--data-binary", "@" + large, weir.Url + "/up");
        Hash(back).ShouldBe(Hash(large));
        (await CurlAsync(version, "-I", weir.Url + "/small.txt")).ShouldContain("ontent-length: 6", Case.Insensitive);
        (await CurlAsync(version, "-o", "/dev/null", "-w", "%{http_code}", weir.Url + "/missing")).ShouldBe("404");
    }

    [Theory]
    [InlineData("--http1.1")]
    [InlineData("--http2-prior-knowledge")]
    public async Task Nginx_is_an_origin_over_HTTP_2(string version)
    {
        _authority.Issue("origin", "origin.test");
        string tls = $"ssl_certificate {_authority.Folder}/origin.pem; ssl_certificate_key {_authority.Folder}/origin.key; keepalive_requests 20;"
            + " add_header X-Protocol $server_protocol always;";
        await using Nginx nginx = await Nginx.StartAsync(tls, speaksHttp2: true);
        string large = Path.Combine(nginx.Folder, "large.bin");
        await File.WriteAllBytesAsync(large, RandomNumberGenerator.GetBytes(LargeOctets));
        await File.WriteAllTextAsync(Path.Combine(nginx.Folder, "small.txt"), "hello\n");
        await using RunningWeir weir = await InFrontOfAsync(nginx.Port, isSecure: true);
        (await CurlAsync(version, "-i", weir.Url + "/small.txt")).ShouldContain("x-protocol: HTTP/2.0", Case.Insensitive);
        string down = Path.Combine(_folder, "down");
        await CurlAsync(version, "-o", down, weir.Url + "/large.bin");
        Hash(down).ShouldBe(Hash(large));
        (await CurlAsync(version, "-r", "100-199", "-o", "/dev/null", "-w", "%{http_code} %{size_download}", weir.Url + "/large.bin")).ShouldBe("206 100");
        (await CurlAsync(version, "-I", weir.Url + "/small.txt")).ShouldContain("ontent-length: 6", Case.Insensitive);
        (await CurlAsync(version, "-o", "/dev/null", "-w", "%{http_code}", weir.Url + "/missing")).ShouldBe("404");

        // It says GOAWAY behind every twentieth request: nobody notices.
        string[] chosen = version == "--http1.1" ? ["--h1"] : [];
        (int code, string output, string error) = await Programs.RunAsync(
            "h2load", [.. chosen, "-n", "2000", "-c", "8", "-m", "4", weir.Url + "/small.txt"]);
        code.ShouldBe(0, error);
        output.ShouldContain("2000 succeeded, 0 failed, 0 errored, 0 timeout");
        output.ShouldContain("status codes: 2000 2xx");
    }

    [Theory]
    [InlineData("--h1", "32", "1")]
    [InlineData("", "8", "10")]
    public async Task A_load_of_small_requests_has_no_failure(string version, string connections, string streams)
    {
        await using Nghttpd origin = await Nghttpd.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(origin.Folder, "small.txt"), "hello\n");
        await using RunningWeir weir = await InFrontOfAsync(origin.Port, isSecure: false);
        string[] chosen = version.Length == 0 ? [] : [version];
        (int code, string output, string error) = await Programs.RunAsync(
            "h2load", [.. chosen, "-n", "20000", "-c", connections, "-m", streams, weir.Url + "/small.txt"]);
        code.ShouldBe(0, error);
        output.ShouldContain("20000 succeeded, 0 failed, 0 errored, 0 timeout");
        output.ShouldContain("status codes: 20000 2xx");
    }

    [Fact]
    public async Task A_server_without_HTTP_2_is_named_in_the_answer()
    {
        await using Nginx nginx = await Nginx.StartAsync();
        await using RunningWeir weir = await InFrontOfAsync(nginx.Port, isSecure: false);
        string answer = await CurlAsync("--http1.1", "-i", weir.Url + "/");
        answer.ShouldStartWith("HTTP/1.1 502");
        answer.ShouldContain("http_protocol_error");
    }

    [Theory]
    [InlineData("1.1", 1)]
    [InlineData("1.1", 2)]
    [InlineData("2.0", 1)]
    [InlineData("2.0", 2)]
    public async Task A_WebSocket_goes_through_two_Weirs_that_speak_either_version(string version, int between)
    {
        await using RawOrigin origin = new(EchoOrigin.EchoAsync);
        await using RunningWeir back = await RunningWeir.InFrontOfAsync(origin.Url, Listen);
        await using RunningWeir front = await RunningWeir.StartAsync($$"""
            {{Listen}}
            upstreams:
              app: { servers: [{ url: "{{back.Url}}", protocol: h{{between}} }] }
            sites:
              "*": { routes: [{ to: app }] }
            """);
        using ClientWebSocket socket = new();
        socket.Options.HttpVersion = Version.Parse(version);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using HttpMessageInvoker invoker = new(new SocketsHttpHandler());
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{front.Port}/ws"), invoker, _deadline.Token);
        byte[] received = new byte[100_000];
        foreach (int length in (int[])[5, 90_000])
        {
            byte[] sent = Encoding.ASCII.GetBytes(new string((char)('a' + (length % 26)), length));
            await socket.SendAsync(sent, WebSocketMessageType.Text, endOfMessage: true, _deadline.Token);
            int count = 0;
            ValueWebSocketReceiveResult result;
            do
            {
                result = await socket.ReceiveAsync(received.AsMemory(count), _deadline.Token);
                count += result.Count;
            }
            while (!result.EndOfMessage);
            received.AsSpan(0, count).SequenceEqual(sent).ShouldBeTrue();
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", _deadline.Token);
        socket.State.ShouldBe(WebSocketState.Closed);
    }

    private async Task<Nghttpd> StartSecurelyAsync()
    {
        _authority.Issue("origin", "origin.test");
        return await Nghttpd.StartAsync(Path.Combine(_authority.Folder, "origin.key"), Path.Combine(_authority.Folder, "origin.pem"));
    }

    private Task<RunningWeir> InFrontOfAsync(int port, bool isSecure)
    {
        string tls = isSecure ? $", tls: {{ ca: \"{_authority.Authority}\", server_name: origin.test }}" : "";
        string scheme = isSecure ? "https" : "http";
        return RunningWeir.StartAsync(string.Create(CultureInfo.InvariantCulture, $$"""
            {{Listen}}
            upstreams:
              app: { servers: [{ url: "{{scheme}}://127.0.0.1:{{port}}", protocol: h2{{tls}} }] }
            sites:
              "*": { routes: [{ to: app }] }
            """));
    }

    private static async Task<string> CurlAsync(params string[] arguments)
    {
        (int code, string output, string error) = await Programs.RunAsync("curl", ["-sS", .. arguments]);
        code.ShouldBe(0, error);
        return output;
    }

    private static string Hash(string file) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));
}
