using System.Net;
using System.Text;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Sockets;

/// <summary>The PROXY protocol, in from load balancers and out to origins.</summary>
public sealed class ProxyHeaders
{
    private const string Request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    private const string V1 = "PROXY TCP4 192.0.2.7 192.0.2.1 4711 80\r\n";
    private const string Trusting = "listen: [{ address: \"127.0.0.1:0\", proxy_protocol: [127.0.0.0/8] }]";

    private static readonly string _v2 = Encoding.Latin1.GetString(
        [0x0D, 0x0A, 0x0D, 0x0A, 0, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A, 0x21, 0x11, 0, 12, 192, 0, 2, 7, 192, 0, 2, 1, 0x12, 0x67, 0, 80]);

    public static TheoryData<string, string> Good => new()
    {
        { V1, "192.0.2.7" },
        { _v2, "192.0.2.7" },
        { "PROXY TCP6 2001:db8::7 2001:db8::1 4711 80\r\n", "2001:db8::7" },
        { "PROXY UNKNOWN\r\n", "127.0.0.1" },
        { _v2[..12] + "\u0020\0\0\0", "127.0.0.1" },
    };

    public static TheoryData<string> Bad =>
    [
        Request,
        "PROXY TCP4 192.0.2.7\r\n" + Request,
        "PROXY TCP4 192.0.2.7 192.0.2.1 4711 99999\r\n" + Request,
        "PROXY TCP4 999.0.2.7 192.0.2.1 4711 80\r\n" + Request,
        "PROXY  TCP4 192.0.2.7 192.0.2.1 4711 80\r\n" + Request,
        "PROXY TCP4 192.0.2.7 192.0.2.1 4711 80\n" + Request,
        "PROXY " + new string('x', 200) + "\r\n" + Request,
        "proxy TCP4 192.0.2.7 192.0.2.1 4711 80\r\n" + Request,
        _v2[..12] + "\u0031" + _v2[13..] + Request,
        _v2[..13] + "\u0011\0\u0004abcd" + Request,
        _v2[..11] + "x" + _v2[12..] + Request,
    ];

    [Theory, MemberData(nameof(Good))]
    public async Task A_trusted_senders_header_names_the_client(string header, string client)
    {
        await using RawOrigin origin = new();
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url, Trusting);
        (await weir.AskAsync(header + Request)).ShouldStartWith("HTTP/1.1 200 ");
        origin.TakeRecorded().ShouldContain($"\r\nX-Forwarded-For: {client}\r\n");
    }

    [Theory, MemberData(nameof(Good))]
    public async Task A_header_may_come_octet_by_octet(string header, string client)
    {
        await using RawOrigin origin = new();
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url, Trusting);
        using Wire wire = await weir.ConnectAsync();
        foreach (char octet in header + Request)
        {
            await wire.SendAsync(octet.ToString());
        }

        (await wire.ReadResponseAsync()).ShouldStartWith("HTTP/1.1 200 ");
        origin.TakeRecorded().ShouldContain($"\r\nX-Forwarded-For: {client}\r\n");
    }

    [Theory, MemberData(nameof(Bad))]
    public async Task A_trusted_sender_without_a_good_header_is_cut_off(string octets)
    {
        await using RawOrigin origin = new();
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url, Trusting);
        using Wire wire = await weir.ConnectAsync();
        await wire.TrySendAsync(octets);
        (await wire.ReadToEndAsync()).ShouldBe("");
        (await weir.AskAsync(V1 + Request)).ShouldStartWith("HTTP/1.1 200 ");
        origin.TakeRecorded().Split("GET / ").Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_sender_that_says_nothing_is_cut_off_in_time()
    {
        await using RawOrigin origin = new();
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url, Trusting);
        using Wire wire = await weir.ConnectAsync();
        await wire.SendAsync(V1[..10]);
        (await wire.ReadToEndAsync()).ShouldBe("");
    }

    [Theory]
    [InlineData("listen: [{ address: \"127.0.0.1:0\", proxy_protocol: [10.0.0.0/8] }]")]
    [InlineData("")]
    public async Task Another_senders_header_is_a_bad_request(string listen)
    {
        await using RawOrigin origin = new();
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url, listen);
        (await weir.AskAsync(V1 + Request)).ShouldStartWith("HTTP/1.1 400 ");
        origin.TakeRecorded().ShouldBe("");
        (await weir.AskAsync(Request)).ShouldStartWith("HTTP/1.1 200 ");
    }

    [Fact]
    public async Task Version_1_goes_out_before_the_request()
    {
        (int port, string seen) = await AskBehindAsync("v1");
        seen.ShouldStartWith($"PROXY TCP4 127.0.0.1 127.0.0.1 {port} ");
        seen[seen.IndexOf("\r\n", StringComparison.Ordinal)..].ShouldStartWith("\r\nGET / HTTP/1.1\r\n");
    }

    [Fact]
    public async Task Version_2_goes_out_before_the_request()
    {
        (int port, string seen) = await AskBehindAsync("v2");
        seen[..16].ShouldBe(_v2[..14] + "\0\u000c");
        seen[16..20].ShouldBe("\u007f\0\0\u0001");
        ((seen[24] * 256) + seen[25]).ShouldBe(port);
        seen[28..].ShouldStartWith("GET / HTTP/1.1\r\n");
    }

    private static async Task<(int Port, string Seen)> AskBehindAsync(string version)
    {
        await using RawOrigin origin = new();
        await using RunningWeir weir = await RunningWeir.StartAsync(
            $"upstreams:\n  app: {{ servers: [\"{origin.Url}\"], proxy_protocol: {version} }}\nsites: {{ \"*\": app }}\n");
        using Wire wire = await weir.ConnectAsync();
        await wire.SendAsync(Request);
        await wire.ReadResponseAsync();
        return (((IPEndPoint)wire.Local).Port, origin.TakeRecorded());
    }
}
