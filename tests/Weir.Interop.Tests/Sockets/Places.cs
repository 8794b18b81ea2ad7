using System.Net;
using System.Net.Sockets;
using Weir.Interop.Tests.Peers;
using Weir.Telemetry.Counting;

namespace Weir.Interop.Tests.Sockets;

/// <summary>Where Weir listens and whom it finds: addresses, names, limits, loops.</summary>
public sealed class Places
{
    private const string Request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    [Fact]
    public async Task It_listens_on_IPv6()
    {
        await using RawOrigin origin = new(address: new IPEndPoint(IPAddress.IPv6Loopback, 0));
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync($"http://[::1]:{origin.Port}", "listen: [\"[::1]:0\"]");
        using Wire wire = await Wire.ConnectAsync(new IPEndPoint(IPAddress.IPv6Loopback, weir.Port));
        await wire.SendAsync(Request);
        (await wire.ReadResponseAsync()).ShouldStartWith("HTTP/1.1 200 ");
        string seen = origin.TakeRecorded();
        seen.ShouldContain("\r\nForwarded: for=\"[::1]\";host=h;proto=http\r\n");
        seen.ShouldContain("\r\nX-Forwarded-For: ::1\r\n");
    }

    [Fact]
    public async Task It_listens_on_a_unix_socket()
    {
        string folder = Programs.NewFolder();
        await using RawOrigin origin = new();
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url, $"listen: [\"unix:{folder}/weir.sock\"]");
        using Wire wire = await Wire.ConnectAsync(new UnixDomainSocketEndPoint(folder + "/weir.sock"));
        await wire.SendAsync(Request + Request);
        (await wire.ReadResponseAsync()).ShouldStartWith("HTTP/1.1 200 ");
        (await wire.ReadResponseAsync()).ShouldStartWith("HTTP/1.1 200 ");
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("127.0.0.1", "url: \"http://localhost:{0}\"")]
    [InlineData("::1", "url: \"http://localhost:{0}\"")]
    [InlineData("127.0.0.1", "dns: \"localhost:{0}\"")]
    public async Task A_name_is_found_where_only_one_of_its_addresses_listens(string address, string server)
    {
        await using RawOrigin origin = new(address: new IPEndPoint(IPAddress.Parse(address), 0));
        await using RunningWeir weir = await RunningWeir.StartAsync(
            $"upstreams:\n  app:\n    servers: [{{ {server.Replace("{0}", origin.Port.ToString())} }}]\n    retry: {{ attempts: 3 }}\nsites: {{ \"*\": app }}\n");
        for (int i = 0; i < 5; i++)
        {
            (await AskUntilResolvedAsync(weir)).ShouldStartWith("HTTP/1.1 200 ");
        }
    }

    [Theory]
    [InlineData("url: \"http://nothing.invalid:80\"")]
    [InlineData("dns: \"nothing.invalid:80\"")]
    public async Task A_name_that_does_not_resolve_is_an_error_of_its_requests_only(string server)
    {
        await using RawOrigin origin = new();
        await using RunningWeir weir = await RunningWeir.StartAsync($$"""
            upstreams: { lost: { servers: [{ {{server}} }] } }
            sites: { lost: lost, h: "{{origin.Url}}" }
            """);
        string answer = await weir.AskAsync("GET / HTTP/1.1\r\nHost: lost\r\n\r\n");
        answer[..12].ShouldBeOneOf("HTTP/1.1 502", "HTTP/1.1 503", "HTTP/1.1 504");
        answer.ShouldContain("\r\nProxy-Status: weir;error=");
        (await weir.AskAsync(Request)).ShouldStartWith("HTTP/1.1 200 ");
    }

    [Fact]
    public async Task An_origin_that_refuses_is_a_502()
    {
        int port;
        await using (RawOrigin gone = new())
        {
            port = gone.Port;
        }

        await using RunningWeir weir = await RunningWeir.InFrontOfAsync($"http://127.0.0.1:{port}");
        string answer = await weir.AskAsync(Request);
        answer.ShouldStartWith("HTTP/1.1 502 ");
        answer.ShouldContain("\r\nProxy-Status: weir;error=connection_refused");
    }

    [Theory]
    [InlineData("connections: 2")]
    [InlineData("connections_per_client: 2")]
    public async Task Over_the_limit_a_client_gets_a_fast_503(string limit)
    {
        await using RawOrigin origin = new();
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url, $"limits: {{ {limit} }}");
        using Wire first = await weir.ConnectAsync();
        using Wire second = await weir.ConnectAsync();
        await first.SendAsync(Request);
        await second.SendAsync(Request);
        (await first.ReadResponseAsync()).ShouldStartWith("HTTP/1.1 200 ");
        (await second.ReadResponseAsync()).ShouldStartWith("HTTP/1.1 200 ");
        using (Wire third = await weir.ConnectAsync())
        {
            await third.TrySendAsync(Request);
            (await third.ReadToEndAsync()).ShouldStartWith("HTTP/1.1 503 ");
        }

        first.Dispose();
        await UntilAsync(() => weir.Host.ConnectionCount < 2);
        (await weir.AskAsync(Request)).ShouldStartWith("HTTP/1.1 200 ");
    }

    [Fact]
    public async Task Two_loops_share_the_connections()
    {
        const int Connections = 64;
        await using RawOrigin origin = new();
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url, "process: { loops: 2 }");
        List<Wire> wires = [];
        for (int i = 0; i < Connections; i++)
        {
            Wire wire = await weir.ConnectAsync();
            wires.Add(wire);
            await wire.SendAsync(Request);
            (await wire.ReadResponseAsync()).ShouldStartWith("HTTP/1.1 200 ");
        }

        long first = weir.Host.Counters.OfLoop(0).Read(Counter.ExchangesStarted);
        long second = weir.Host.Counters.OfLoop(1).Read(Counter.ExchangesStarted);
        (first + second).ShouldBe(Connections);
        Math.Min(first, second).ShouldBeGreaterThan(Connections / 4);
        wires.ForEach(wire => wire.Dispose());
    }

    private static async Task<string> AskUntilResolvedAsync(RunningWeir weir)
    {
        string answer = "";
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20));
        for (int i = 0; i < 100 && !answer.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal); i++)
        {
            answer = await weir.AskAsync(Request);
            await timer.WaitForNextTickAsync();
        }

        return answer;
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(5));
        for (int i = 0; i < 2000 && !isSo(); i++)
        {
            await timer.WaitForNextTickAsync();
        }

        isSo().ShouldBeTrue();
    }
}
