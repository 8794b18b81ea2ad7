using System.Globalization;
using System.Security.Cryptography;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Clients;

/// <summary>curl as the client, nginx as the origin: what most users have on both sides.</summary>
public sealed class CurlAndNginx : IAsyncLifetime
{
    private const int LargeOctets = 64 << 20;
    private const int UploadOctets = 10 << 20;

    private readonly string _folder = Programs.NewFolder();
    private Nginx _nginx = null!;
    private RunningWeir _weir = null!;

    public async ValueTask InitializeAsync()
    {
        _nginx = await Nginx.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(_nginx.Folder, "small.txt"), "hello\n");
        await File.WriteAllTextAsync(Path.Combine(_nginx.Folder, "text.txt"), string.Concat(Enumerable.Repeat("a line of text\n", 1000)));
        await File.WriteAllTextAsync(Path.Combine(_nginx.Folder, "ssi.txt"), "before <!--#include virtual=\"/small.txt\" --> after");
        _weir = await RunningWeir.InFrontOfAsync(_nginx.Url);
    }

    public async ValueTask DisposeAsync()
    {
        await _weir.DisposeAsync();
        await _nginx.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("--http1.1")]
    [InlineData("--http1.0")]
    public async Task A_file_arrives_in_both_versions(string version)
    {
        string output = await CurlAsync(version, "-i", _weir.Url + "/small.txt");
        output.ShouldStartWith("HTTP/1.1 200 OK\r\n");
        output.ShouldContain("\r\nContent-Length: 6\r\n");
        output.ShouldContain("\r\nVia: 1.1 weir\r\n");
        output.ShouldEndWith("\r\n\r\nhello\n");
    }

    [Fact]
    public async Task One_connection_serves_many_requests()
    {
        string[] urls = [.. Enumerable.Repeat(_weir.Url + "/small.txt", 50)];
        string output = await CurlAsync(["-w", "%{num_connects} ", .. urls]);
        output.Split("hello\n").Length.ShouldBe(51);
        output.Split('1').Length.ShouldBe(2);
    }

    [Fact]
    public async Task Head_gives_the_length_and_no_content()
    {
        string output = await CurlAsync("-I", _weir.Url + "/text.txt");
        output.ShouldStartWith("HTTP/1.1 200 OK\r\n");
        output.ShouldContain("\r\nContent-Length: 15000\r\n");
        output.ShouldEndWith("\r\n\r\n");
    }

    [Fact]
    public async Task A_range_is_passed_on()
    {
        string output = await CurlAsync("-i", "-r", "2-5", _weir.Url + "/text.txt");
        output.ShouldStartWith("HTTP/1.1 206 ");
        output.ShouldContain("\r\nContent-Range: bytes 2-5/15000\r\n");
        output.ShouldEndWith("\r\n\r\nline");
    }

    [Fact]
    public async Task Several_ranges_arrive_as_parts()
    {
        string output = await CurlAsync("-i", "-r", "0-1,4-5", _weir.Url + "/text.txt");
        output.ShouldContain("\r\nContent-Type: multipart/byteranges; boundary=");
        output.ShouldContain("bytes 4-5/15000");
    }

    [Fact]
    public async Task A_validator_gets_304_and_the_connection_goes_on()
    {
        string head = await CurlAsync("-I", _weir.Url + "/text.txt");
        string etag = head.Split("ETag: ")[1].Split('\r')[0];
        string output = await CurlAsync("-i", "-H", "If-None-Match: " + etag, _weir.Url + "/text.txt", _weir.Url + "/small.txt");
        output.ShouldStartWith("HTTP/1.1 304 Not Modified\r\n");
        output.ShouldEndWith("\r\n\r\nhello\n");
    }

    [Fact]
    public async Task Compressed_content_passes_untouched()
    {
        string output = await CurlAsync("-i", "--compressed", _weir.Url + "/gzip/text.txt");
        output.ShouldContain("\r\nContent-Encoding: gzip\r\n");
        output.ShouldContain("\r\nTransfer-Encoding: chunked\r\n");
        output.Split("a line of text\n").Length.ShouldBe(1001);
    }

    [Theory]
    [InlineData("--http1.1", "\r\nTransfer-Encoding: chunked\r\n")]
    [InlineData("--http1.0", "\r\nConnection: close\r\n")]
    public async Task Content_of_unknown_length_arrives_in_both_versions(string version, string framing)
    {
        string output = await CurlAsync(version, "-i", _weir.Url + "/ssi/ssi.txt");
        output.ShouldContain(framing);
        output.ShouldEndWith("\r\n\r\nbefore hello\n after");
    }

    [Fact]
    public async Task A_large_file_arrives_whole()
    {
        byte[] large = new byte[LargeOctets];
        new Random(1).NextBytes(large);
        await File.WriteAllBytesAsync(Path.Combine(_nginx.Folder, "large.bin"), large);
        string copy = Path.Combine(_folder, "copy");
        await CurlAsync("-o", copy, _weir.Url + "/large.bin");
        await using FileStream stream = File.OpenRead(copy);
        Convert.ToHexString(await SHA256.HashDataAsync(stream)).ShouldBe(Convert.ToHexString(SHA256.HashData(large)));
    }

    [Theory]
    [InlineData("/a/../small.txt", "200")]
    [InlineData("/%73mall.txt", "200")]
    [InlineData("/./small.txt", "200")]
    [InlineData("/../small.txt", "400")]
    [InlineData("/%2e%2e/small.txt", "400")]
    [InlineData("/small.txt%00", "400")]
    [InlineData("/..%5csmall.txt", "400")]
    public async Task Paths_as_they_are(string path, string status) =>
        (await CurlAsync("--path-as-is", "-o", "/dev/null", "-w", "%{http_code}", _weir.Url + path)).ShouldBe(status);

    [Theory]
    [InlineData]
    [InlineData("-H", "Expect: 100-continue")]
    [InlineData("-H", "Expect:")]
    [InlineData("--http1.0")]
    [InlineData("-H", "Transfer-Encoding: chunked")]
    public async Task An_upload_arrives_whole(params string[] how)
    {
        string file = Path.Combine(_folder, "upload");
        await File.WriteAllTextAsync(file, new string('a', UploadOctets));
        await using RawOrigin origin = new(CountAsync);
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url);
        string output = await CurlAsync(["--data-binary", "@" + file, .. how, weir.Url + "/upload"]);
        output.ShouldBe(UploadOctets.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task An_expectation_is_answered_by_the_origin()
    {
        await using RawOrigin origin = new(async wire =>
        {
            (await wire.ReadHeadAsync()).ShouldContain("\r\nExpect: 100-continue\r\n");
            await wire.SendAsync("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno\n");
            await wire.ReadToEndAsync();
        });
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url);
        string output = await CurlAsync("-i", "-H", "Expect: 100-continue", "--expect100-timeout", "60", "-d", "abc", weir.Url);
        output.ShouldStartWith("HTTP/1.1 413 ");
        origin.TakeRecorded().ShouldEndWith("\r\n\r\n");
    }

    [Fact]
    public async Task Trailers_arrive_where_the_client_takes_them()
    {
        await using RawOrigin origin = new(async wire =>
        {
            while (await RawOrigin.ReadRequestAsync(wire) is not null)
            {
                await wire.SendAsync(
                    "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 6\r\nContent-Length: 1\r\n\r\n");
            }
        });
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url);
        using Wire with = await weir.ConnectAsync();
        await with.SendAsync("GET / HTTP/1.1\r\nHost: h\r\nTE: trailers\r\nConnection: TE\r\n\r\n");
        await with.ReadHeadAsync();
        (await with.ReadUntilAsync("\r\n\r\n")).ShouldBe("3\r\nabc\r\n0\r\nX-Sum: 6\r\n\r\n");
        using Wire without = await weir.ConnectAsync();
        await without.SendAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        await without.ReadHeadAsync();
        (await without.ReadUntilAsync("\r\n\r\n")).ShouldBe("3\r\nabc\r\n0\r\n\r\n");
    }

    private static async Task CountAsync(Wire wire)
    {
        string head = await wire.ReadHeadAsync();
        int count = 0;
        if (head.Contains("\r\nExpect: 100-continue\r\n"))
        {
            await wire.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
        }

        if (head.Contains("\r\nTransfer-Encoding: chunked\r\n"))
        {
            for (int size = -1; size != 0;)
            {
                size = Convert.ToInt32((await wire.ReadUntilAsync("\r\n")).TrimEnd(), 16);
                count += (await wire.ReadExactlyAsync(size + 2)).Count(octet => octet == 'a');
            }
        }
        else
        {
            count = (await wire.ReadExactlyAsync(Wire.LengthOf(head))).Count(octet => octet == 'a');
        }

        string text = count.ToString(CultureInfo.InvariantCulture);
        await wire.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {text.Length}\r\nConnection: close\r\n\r\n{text}");
        await wire.ReadToEndAsync();
    }

    private static async Task<string> CurlAsync(params IEnumerable<string> arguments)
    {
        (int code, string output, string error) = await Programs.RunAsync("/usr/bin/curl", ["-sS", "--max-time", "60", .. arguments]);
        error.ShouldBe("");
        code.ShouldBe(0);
        return output;
    }
}
