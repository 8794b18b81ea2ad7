using System.Net;
using System.Net.Sockets;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Sockets;

/// <summary>Checks over real sockets: who fails them gets no requests, until the checks pass again.</summary>
public sealed class HealthChecks
{
    private const string Request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    private const string Bad = "HTTP/1.1 503 Down\r\nContent-Length: 0\r\n\r\n";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private volatile bool _isWell;

    [Theory]
    [InlineData("", Bad)]
    [InlineData("expect: { body: ready }", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnot")]
    [InlineData("timeout: 300ms", "")]
    [InlineData("timeout: 300ms, expect: { body: ready }", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nrea")]
    [InlineData("method: HEAD, expect: { status: 204 }", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")]
    public async Task A_server_that_fails_its_checks_is_left_out_and_comes_back(string check, string badAnswer)
    {
        string good = check.Contains("204") ? "HTTP/1.1 204 None\r\n\r\n" : "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nready";
        await using RawOrigin ill = new(wire => ServeAsync(wire, "ill", () => _isWell ? good : badAnswer));
        await using RawOrigin well = new(wire => ServeAsync(wire, "well", () => good));
        await using RunningWeir weir = await StartAsync([ill.Url, well.Url], $"path: /healthz{(check.Length == 0 ? "" : ", ")}{check}");
        await UntilAsync(weir, ["well"]);
        _isWell = true;
        await UntilAsync(weir, ["ill", "well"]);
        _isWell = false;
        await UntilAsync(weir, ["well"]);
        ill.TakeRecorded().ShouldContain(
            $"{(check.Contains("HEAD") ? "HEAD" : "GET")} /healthz HTTP/1.1\r\nHost: 127.0.0.1:{ill.Port}\r\nUser-Agent: Weir/health\r\n");
    }

    [Fact]
    public async Task A_tcp_check_may_ask_another_port()
    {
        await using RawOrigin first = new(wire => ServeAsync(wire, "first", () => Bad), new IPEndPoint(IPAddress.Parse("127.0.0.1"), 0));
        await using RawOrigin second = new(wire => ServeAsync(wire, "second", () => Bad), new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));

        // Another test's server may have the same port at the other address; what is bound and does not listen keeps it away.
        using Socket kept = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        kept.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.1"), 0));
        int port = ((IPEndPoint)kept.LocalEndPoint!).Port;
        await using RawOrigin asked = new(address: new IPEndPoint(IPAddress.Parse("127.0.0.2"), port));
        await using RunningWeir weir = await StartAsync([first.Url, $"http://127.0.0.2:{second.Port}"], $"type: tcp, port: {asked.Port}");
        await UntilAsync(weir, ["second"]);
        kept.Dispose();
        await using RawOrigin other = new(address: new IPEndPoint(IPAddress.Parse("127.0.0.1"), asked.Port));
        await UntilAsync(weir, ["first", "second"]);
        asked.TakeRecorded().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_port_on_which_nothing_listens_fails_its_checks()
    {
        using Socket closed = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using RawOrigin well = new(wire => ServeAsync(wire, "well", () => Bad));
        string dead = $"http://127.0.0.1:{((IPEndPoint)closed.LocalEndPoint!).Port}";
        await using RunningWeir weir = await StartAsync([dead, well.Url], "type: tcp");
        while (weir.Host.Counters.Total(Telemetry.Counting.Counter.HealthChecksFailed) < 2)
        {
            await UntilAsync(weir, ["well"]);
        }
    }

    [Fact]
    public async Task A_check_behind_the_proxy_protocol_comes_as_local()
    {
        await using RawOrigin origin = new(wire => ServeAsync(wire, "x", () => Bad));
        await using RunningWeir weir = await RunningWeir.StartAsync($$"""
            upstreams:
              app:
                servers: ["{{origin.Url}}"]
                proxy_protocol: v1
                health: { active: { path: /healthz, interval: 100ms } }
            sites: { "*": { routes: [{ to: app }] } }
            """);
        using CancellationTokenSource deadline = new(_patience);
        string seen = "";
        while (!seen.Contains("/healthz"))
        {
            deadline.Token.ThrowIfCancellationRequested();
            await weir.AskAsync("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            seen += origin.TakeRecorded();
        }

        seen.ShouldContain("PROXY UNKNOWN\r\nGET /healthz HTTP/1.1\r\n");
    }

    private static Task<RunningWeir> StartAsync(string[] urls, string check) => RunningWeir.StartAsync($$"""
        process: { loops: 2 }
        upstreams:
          app:
            servers: ["{{string.Join("\", \"", urls)}}"]
            balance: round_robin
            health: { active: { interval: 100ms, rise: 2, fall: 2, {{check}} } }
        sites: { "*": { routes: [{ to: app }] } }
        """);

    // Requests say who answered them; checks get what the test wants.
    private static async Task ServeAsync(Wire wire, string name, Func<string> checkAnswer)
    {
        while (await RawOrigin.ReadRequestAsync(wire) is { } request)
        {
            await wire.SendAsync(
                request.Contains("/healthz") ? checkAnswer() : $"HTTP/1.1 200 OK\r\nContent-Length: {name.Length}\r\n\r\n{name}");
        }
    }

    // Asks until the last twenty answers came from these servers and no other.
    private static async Task UntilAsync(RunningWeir weir, string[] names)
    {
        using CancellationTokenSource deadline = new(_patience);
        using Wire wire = await weir.ConnectAsync();
        Queue<string> last = new();
        while (last.Count < 20 || !last.Distinct().Order().SequenceEqual(names))
        {
            deadline.Token.ThrowIfCancellationRequested();
            await wire.SendAsync(Request);
            string answer = await wire.ReadResponseAsync();
            answer.ShouldStartWith("HTTP/1.1 200 ");
            last.Enqueue(answer[(answer.LastIndexOf('\n') + 1)..]);
            if (last.Count > 20)
            {
                last.Dequeue();
            }
        }
    }
}
