using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Weir.Cli.Tests.Commands;

public sealed class RunTests
{
    private const int SigHup = 1;
    private const int SigInt = 2;
    private const int SigUsr1 = 10;
    private const int SigTerm = 15;

    private const string Answering = """
        listen: ["127.0.0.1:0"]
        admin: off
        log: { access: off }
        sites:
          "*": { stack: [{ respond: { body: "hello\n" } }] }
        """;

    [Theory]
    [InlineData(SigTerm, "SIGTERM")]
    [InlineData(SigInt, "SIGINT")]
    public async Task A_signal_ends_an_idle_program_with_zero_and_a_last_word(int signal, string name)
    {
        using TemporaryFolder folder = new();
        await using WeirProgram weir = WeirProgram.Start("run", "-c", folder.Write("weir.yaml", Answering));
        int port = await weir.PortAsync();

        // A kept connection that waits for nothing must not hold the drain up.
        using TcpClient client = await ConnectAsync(port);
        await SendAsync(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        (await ReadUntilAsync(client, "hello\n")).ShouldStartWith("HTTP/1.1 200 ");
        long begun = Stopwatch.GetTimestamp();
        weir.Signal(signal);

        (await weir.ExitAsync()).ShouldBe(0);
        weir.Errors.ShouldContain("stopped: Weir has stopped after " + name);
        Stopwatch.GetElapsedTime(begun).ShouldBeLessThan(TimeSpan.FromSeconds(15), "the drain deadline is 30 s");
    }

    [Fact]
    public async Task An_exchange_in_flight_is_finished_however_long_the_deadline_lets_it()
    {
        using TemporaryFolder folder = new();
        using TcpListener origin = new(IPAddress.Loopback, 0);
        origin.Start();
        await using WeirProgram weir = WeirProgram.Start("run", "-c", folder.Write("weir.yaml", InFrontOf(origin)));
        using TcpClient client = await ConnectAsync(await weir.PortAsync());
        await SendAsync(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        using TcpClient server = await origin.AcceptTcpClientAsync();
        await ReadUntilAsync(server, "\r\n\r\n");
        weir.Signal(SigTerm);
        await weir.SeeAsync("drain_began");

        // Time itself is what is tested: a library that ends the process some seconds after a signal would do so now.
        await Task.Delay(TimeSpan.FromSeconds(3));
        await SendAsync(server, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate");

        (await ReadUntilAsync(client, "late")).ShouldContain("\r\nConnection: close\r\n");
        (await weir.ExitAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_second_signal_ends_it_at_once()
    {
        using TemporaryFolder folder = new();
        using TcpListener origin = new(IPAddress.Loopback, 0);
        origin.Start();
        await using WeirProgram weir = WeirProgram.Start("run", "-c", folder.Write("weir.yaml", InFrontOf(origin)));
        using TcpClient client = await ConnectAsync(await weir.PortAsync());
        await SendAsync(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        using TcpClient server = await origin.AcceptTcpClientAsync();
        weir.Signal(SigTerm);
        await weir.SeeAsync("drain_began");
        weir.HasExited.ShouldBeFalse();

        weir.Signal(SigTerm);

        (await weir.ExitAsync()).ShouldBe(128 + SigTerm);
    }

    [Fact]
    public async Task SIGHUP_puts_a_changed_file_in_force_and_refuses_a_bad_one()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("weir.yaml", Answering);
        await using WeirProgram weir = WeirProgram.Start("run", "-c", file);
        int port = await weir.PortAsync();
        using TcpClient client = await ConnectAsync(port);
        await SendAsync(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await ReadUntilAsync(client, "hello\n");

        folder.Write("weir.yaml", Answering + "\nlissen: 1\n");
        weir.Signal(SigHup);
        string told = await weir.SeeAsync("reload_failed");
        told.ShouldContain("lissen");

        folder.Write("weir.yaml", Answering.Replace("hello", "changed", StringComparison.Ordinal));
        weir.Signal(SigHup);
        await weir.SeeAsync(" as number 2, ");
        await SendAsync(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        (await ReadUntilAsync(client, "changed\n")).ShouldNotContain("Connection: close");
    }

    [Fact]
    public async Task SIGUSR1_writes_on_in_a_new_file_after_a_rotation()
    {
        using TemporaryFolder folder = new();
        string log = folder.Path("access.log");
        string config = Answering.Replace("access: off", $"access: {{ to: {log} }}", StringComparison.Ordinal);
        await using WeirProgram weir = WeirProgram.Start("run", "-c", folder.Write("weir.yaml", config));
        int port = await weir.PortAsync();
        using TcpClient client = await ConnectAsync(port);
        await SendAsync(client, "GET /before HTTP/1.1\r\nHost: a\r\n\r\n");
        await ReadUntilAsync(client, "hello\n");
        File.Move(log, log + ".1");
        weir.Signal(SigUsr1);
        await weir.SeeAsync("access_log_reopened");
        await SendAsync(client, "GET /after HTTP/1.1\r\nHost: a\r\n\r\n");
        await ReadUntilAsync(client, "hello\n");
        weir.Signal(SigTerm);

        (await weir.ExitAsync()).ShouldBe(0);
        File.ReadAllText(log).ShouldContain("/after");
        (File.ReadAllText(log) + File.ReadAllText(log + ".1")).ShouldContain("/before");
    }

    [Fact]
    public async Task A_port_in_use_is_an_error_with_its_place_and_a_remedy()
    {
        using TemporaryFolder folder = new();
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        string address = $"127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}";

        (int code, _, string errors) = await WeirProgram.RunAsync(
            "run", "-c", folder.Write("weir.yaml", Answering.Replace("127.0.0.1:0", address, StringComparison.Ordinal)));

        code.ShouldBe(1);
        errors.ShouldContain($"weir.yaml:1:10: error: Weir cannot listen on {address}: ");
    }

    [Fact]
    public async Task A_second_Weir_on_the_same_port_is_refused()
    {
        using TemporaryFolder folder = new();
        await using WeirProgram first = WeirProgram.Start("run", "-c", folder.Write("first.yaml", Answering));
        string address = $"127.0.0.1:{await first.PortAsync()}";

        (int code, _, string errors) = await WeirProgram.RunAsync(
            "run", "-c", folder.Write("second.yaml", Answering.Replace("127.0.0.1:0", address, StringComparison.Ordinal)));

        code.ShouldBe(1);
        errors.ShouldContain($"Weir cannot listen on {address}: ");
    }

    [Fact]
    public async Task With_reuse_port_a_second_Weir_shares_the_port_and_serves_on_alone()
    {
        using TemporaryFolder folder = new();
        await using WeirProgram first = WeirProgram.Start("run", "-c", folder.Write("first.yaml", Sharing("127.0.0.1:0")));
        int port = await first.PortAsync();
        await using WeirProgram second = WeirProgram.Start("run", "-c", folder.Write("second.yaml", Sharing($"127.0.0.1:{port}")));
        (await second.PortAsync()).ShouldBe(port);
        first.Signal(SigTerm);
        (await first.ExitAsync()).ShouldBe(0);

        using TcpClient client = await ConnectAsync(port);
        await SendAsync(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        (await ReadUntilAsync(client, "hello\n")).ShouldStartWith("HTTP/1.1 200 ");
    }

    private static string Sharing(string address) =>
        Answering.Replace("\"127.0.0.1:0\"", $"{{ address: \"{address}\", reuse_port: true }}", StringComparison.Ordinal);

    private static string InFrontOf(TcpListener origin) => $$"""
        listen: ["127.0.0.1:0"]
        admin: off
        log: { access: off }
        sites:
          "*": http://127.0.0.1:{{((IPEndPoint)origin.LocalEndpoint).Port}}
        """;

    private static async Task<TcpClient> ConnectAsync(int port)
    {
        TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port);
        return client;
    }

    private static async Task SendAsync(TcpClient to, string text) => await to.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));

    private static async Task<string> ReadUntilAsync(TcpClient from, string end)
    {
        StringBuilder text = new();
        byte[] buffer = new byte[4096];
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
        while (!text.ToString().Contains(end, StringComparison.Ordinal))
        {
            int count = await from.GetStream().ReadAsync(buffer, patience.Token);
            count.ShouldBeGreaterThan(0, text.ToString());
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }

        return text.ToString();
    }
}
