using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Weir.Hosting;
using Weir.Interop.Tests.Clients;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Reloading;

/// <summary>Reloads and closing listeners while clients do not stop: nobody notices.</summary>
public sealed class UnderLoad
{
    private const int Reloads = 20;
    private const string Get = "GET /load HTTP/1.1\r\nHost: h\r\n\r\n";

    private readonly ITestOutputHelper _output;

    public UnderLoad(ITestOutputHelper output) => _output = output;

    [Fact]
    public async Task Twenty_reloads_fail_no_request_and_drop_no_WebSocket()
    {
        await using RawOrigin one = new();
        await using RawOrigin two = new();
        await using RawOrigin echo = new(EchoOrigin.EchoAsync);
        await using RunningWeir weir = await RunningWeir.StartAsync(Yaml(0, one, two, echo));
        using CancellationTokenSource stop = new();
        Task<(int Done, string? Failure)>[] clients =
        [
            .. Enumerable.Range(0, 12).Select(_ => KeepAskingAsync(weir.Port, keepsAlive: true, stop.Token)),
            .. Enumerable.Range(0, 4).Select(_ => KeepAskingAsync(weir.Port, keepsAlive: false, stop.Token)),
            .. Enumerable.Range(0, 8).Select(_ => KeepEchoingAsync(weir.Port, stop.Token)),
        ];
        long startedAt = Stopwatch.GetTimestamp();
        for (int i = 1; i <= Reloads; i++)
        {
            ReloadReport report = await weir.Host.ReloadAsync(RunningWeir.Read(Yaml(i, one, two, echo)));
            report.IsApplied.ShouldBeTrue(string.Join('\n', report.Errors));
            report.Summary.ShouldNotBe("nothing has changed");
        }

        TimeSpan took = Stopwatch.GetElapsedTime(startedAt);
        await stop.CancelAsync();
        (int Done, string? Failure)[] results = await Task.WhenAll(clients);
        _output.WriteLine($"{Reloads} reloads in {took.TotalSeconds:0.0} s; {results[..16].Sum(result => result.Done)} requests, {results[16..].Sum(result => result.Done)} messages");
        results.Select(result => result.Failure).Where(failure => failure is not null).ShouldBeEmpty();
        results.ShouldAllBe(result => result.Done > 0);
    }

    [Fact]
    public async Task A_drain_resets_nobody_who_is_connecting()
    {
        await using RawOrigin origin = new();
        await using RunningWeir weir = await RunningWeir.StartAsync($"process: {{ loops: 2 }}\nsites: {{ \"*\": \"{origin.Url}\" }}\n");
        int port = weir.Port;
        TaskCompletionSource busy = new();
        int served = 0;
        Task<string?>[] clients = [.. Enumerable.Range(0, 24).Select(_ => Task.Run(() => KeepConnectingAsync(port, () =>
        {
            if (Interlocked.Increment(ref served) == 400)
            {
                busy.SetResult();
            }
        })))];
        await busy.Task.WaitAsync(TimeSpan.FromSeconds(60));
        (await weir.Host.DrainAsync(TimeSpan.FromSeconds(20))).ShouldBeTrue();
        string?[] failures = await Task.WhenAll(clients).WaitAsync(TimeSpan.FromSeconds(60));
        _output.WriteLine($"{served} connections were served until the address was closed");
        failures.Where(failure => failure is not null).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_drain_tells_clients_that_keep_their_connections_and_fails_none_of_their_requests()
    {
        await using RawOrigin origin = new();
        await using RunningWeir weir = await RunningWeir.InFrontOfAsync(origin.Url);
        Task<(int Done, string? Failure)>[] clients = [.. Enumerable.Range(0, 40).Select(_ => AskUntilToldAsync(weir.Port))];
        while (weir.Host.ConnectionCount < 40)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        (await weir.Host.DrainAsync(TimeSpan.FromSeconds(20))).ShouldBeTrue();
        (int Done, string? Failure)[] results = await Task.WhenAll(clients);
        results.Select(result => result.Failure).Where(failure => failure is not null).ShouldBeEmpty();
    }

    private static string Yaml(int step, RawOrigin one, RawOrigin two, RawOrigin echo)
    {
        // Each step differs from the one before in the listeners, and in one thing more.
        string second = step % 4 < 2 ? $", {{ url: \"{two.Url}\", weight: {1 + (step % 7)} }}" : "";
        string route = step % 3 == 0 ? $"      - {{ path: /extra/{step}, stack: [{{ respond: {{ status: 200 }} }}] }}\n" : "";
        string listener = step % 2 == 0 ? "" : ", \"127.0.0.9:0\"";
        return $$"""
            listen: ["127.0.0.1:0"{{listener}}]
            upstreams:
              app: { servers: ["{{one.Url}}"{{second}}], timeouts: { first_byte: {{20 + step}}s } }
              echo: { servers: ["{{echo.Url}}"] }
            sites:
              "*":
                stack: [{ headers: { response: { set: { X-Step: "{{step / 5}}" } } } }]
                routes:
            {{route}}      - { path: /ws, to: echo }
                  - { to: app }

            """;
    }

    private static async Task<(int Done, string? Failure)> KeepAskingAsync(int port, bool keepsAlive, CancellationToken stop)
    {
        int done = 0;
        Wire? wire = null;
        try
        {
            while (!stop.IsCancellationRequested)
            {
                wire ??= await Wire.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
                await wire.SendAsync(Get);
                string answer = await wire.ReadResponseAsync();
                if (!answer.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal)
                    || answer.Contains("\r\nConnection: close", StringComparison.Ordinal))
                {
                    return (done, answer);
                }

                done++;
                if (!keepsAlive)
                {
                    wire.Dispose();
                    wire = null;
                }
            }
        }
        catch (Exception failure) when (failure is SocketException or InvalidOperationException or OperationCanceledException)
        {
            return (done, failure.Message);
        }
        finally
        {
            wire?.Dispose();
        }

        return (done, null);
    }

    private static async Task<(int Done, string? Failure)> KeepEchoingAsync(int port, CancellationToken stop)
    {
        int done = 0;
        using ClientWebSocket socket = new();
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(120));
        try
        {
            await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/ws"), deadline.Token);
            byte[] buffer = new byte[256];
            while (!stop.IsCancellationRequested)
            {
                string sent = $"message {done}";
                await socket.SendAsync(Encoding.ASCII.GetBytes(sent), WebSocketMessageType.Text, true, deadline.Token);
                WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, deadline.Token);
                string got = Encoding.ASCII.GetString(buffer, 0, received.Count);
                if (got != sent)
                {
                    return (done, $"{received.MessageType} {received.CloseStatus} {got}");
                }

                done++;
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, deadline.Token);
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException)
        {
            return (done, failure.Message);
        }

        return (done, null);
    }

    /// <summary>New connections one after the other, until the address is closed. Null: each that was made was served.</summary>
    private static async Task<string?> KeepConnectingAsync(int port, Action onServed)
    {
        while (true)
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
            }
            catch (SocketException)
            {
                return null;
            }

            using Wire wire = new(socket);
            try
            {
                await wire.SendAsync(Get);
                string answer = await wire.ReadResponseAsync();
                if (!answer.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal))
                {
                    return answer;
                }
            }
            catch (Exception failure) when (failure is SocketException or InvalidOperationException)
            {
                return failure.Message;
            }

            onServed();
        }
    }

    /// <summary>Asks on one connection until it is told to close, and sees that it is then closed in order.</summary>
    private static async Task<(int Done, string? Failure)> AskUntilToldAsync(int port)
    {
        int done = 0;
        using Wire wire = await Wire.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        try
        {
            while (true)
            {
                await wire.SendAsync(Get);
                string answer = await wire.ReadResponseAsync();
                done++;
                if (answer.Contains("\r\nConnection: close\r\n", StringComparison.Ordinal))
                {
                    string rest = await wire.ReadToEndAsync();
                    return (done, rest.Length == 0 && !wire.WasReset ? null : "reset");
                }
            }
        }
        catch (Exception failure) when (failure is SocketException or InvalidOperationException)
        {
            return (done, failure.Message);
        }
    }
}
