using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Weir.Interop.Tests.Peers;
using Weir.Pipeline.Balancing;
using Weir.Telemetry.Counting;

namespace Weir.Interop.Tests.Sockets;

/// <summary>Limits of a server over several loops, and sticky sessions over a restart.</summary>
public sealed class ServerLimits
{
    private const int Clients = 10;

    [Fact]
    public async Task Two_loops_together_never_exceed_the_limit_and_serve_in_order()
    {
        await using HeldOrigin held = new();
        await using RunningWeir weir = await RunningWeir.StartAsync($$"""
            process: { loops: 2 }
            upstreams: { app: { servers: ["{{held.Url}}"], limits: { requests: 2 } } }
            sites: { "*": app }
            """);
        List<Wire> wires = [];
        for (int i = 0; i < Clients; i++)
        {
            Wire wire = await weir.ConnectAsync();
            wires.Add(wire);
            await wire.SendAsync($"GET /{i} HTTP/1.1\r\nHost: h\r\n\r\n");
            int waiting = Math.Max(i - 1, 0);
            await UntilAsync(() => weir.Host.Counters.Total(Counter.QueueWaits) == waiting && held.Asked.Count == Math.Min(i + 1, 2));
        }

        for (int i = 0; i < Clients; i++)
        {
            held.Answer(i);
            (await wires[i].ReadResponseAsync()).ShouldEndWith("ok");
            int asked = Math.Min(i + 3, Clients);
            await UntilAsync(() => held.Asked.Count == asked);
        }

        held.Asked.ShouldBe(Enumerable.Range(0, Clients));
        held.Most.ShouldBe(2);
        weir.Host.Counters.OfLoop(0).Read(Counter.ExchangesStarted).ShouldBeLessThan(Clients, "both loops take part");
        wires.ForEach(wire => wire.Dispose());
    }

    [Fact]
    public async Task Two_loops_together_never_hold_more_connections_than_allowed()
    {
        using CountingOrigin origin = new();
        await using RunningWeir weir = await RunningWeir.StartAsync($$"""
            process: { loops: 2 }
            upstreams: { app: { servers: ["http://127.0.0.1:{{origin.Port}}"], limits: { connections: 2 }, retry: { attempts: 1 } } }
            sites: { "*": app }
            """);
        Task[] clients = [.. Enumerable.Range(0, 16).Select(_ => AskOftenAsync(weir))];
        await Task.WhenAll(clients);
        origin.Most.ShouldBe(2);
        weir.Host.Counters.Total(Counter.QueueWaits).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Clients_that_reset_while_they_wait_on_two_loops_leave_every_place_free()
    {
        int seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        await using RawOrigin origin = new();
        await using RunningWeir weir = await RunningWeir.StartAsync($$"""
            process: { loops: 2 }
            upstreams: { app: { servers: ["{{origin.Url}}"], limits: { requests: 2, connections: 2, queue: 100, queue_timeout: 20s } } }
            sites: { "*": app }
            """);
        Task<int>[] clients = [.. Enumerable.Range(0, 24).Select(client => ResetOftenAsync(weir, new Random(seed + client)))];
        int[] served = await Task.WhenAll(clients);
        served.Sum().ShouldBeGreaterThan(0, $"seed {seed}");
        weir.Host.Counters.Total(Counter.QueueWaits).ShouldBeGreaterThan(0);
        UpstreamState app = weir.Host.Control.LiveUpstreams.Single();
        ServerState server = app.Servers[0];
        await UntilAsync(
            () => app.Queue.WaitingCount == 0 && server.Limit.InFlight == 0 && server.ActiveCount == 0 && server.Slots.Open <= 2);

        // Both places are free, not only one of them.
        using Wire one = await weir.ConnectAsync();
        using Wire two = await weir.ConnectAsync();
        await one.SendAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        await two.SendAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        (await one.ReadResponseAsync()).ShouldStartWith("HTTP/1.1 200 ", customMessage: $"seed {seed}");
        (await two.ReadResponseAsync()).ShouldStartWith("HTTP/1.1 200 ", customMessage: $"seed {seed}");
    }

    [Fact]
    public async Task A_client_keeps_its_server_over_a_restart()
    {
        string folder = Programs.NewFolder();
        await using RawOrigin first = new();
        await using RawOrigin second = new();
        string yaml = $$"""
            process: { loops: 1, data: "{{folder}}/state" }
            upstreams: { app: { servers: ["{{first.Url}}", "{{second.Url}}"], sticky: { cookie: stay, ttl: 1h }, balance: round_robin } }
            sites: { "*": app }
            """;
        string cookie;
        bool isFirst;
        await using (RunningWeir weir = await RunningWeir.StartAsync(yaml))
        {
            string answer = await weir.AskAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            cookie = Regex.Match(answer, "Set-Cookie: (stay=[A-Za-z0-9_-]+); Path=/; Max-Age=3600; HttpOnly; SameSite=Lax\r\n").Groups[1].Value;
            cookie.ShouldNotBeEmpty(answer);
            isFirst = first.TakeRecorded().Length > 0;
        }

        second.TakeRecorded();
        File.GetUnixFileMode(folder + "/state").ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.GetUnixFileMode(folder + "/state/sticky.key").ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(folder + "/state").Length.ShouldBe(1);
        await using (RunningWeir again = await RunningWeir.StartAsync(yaml))
        {
            for (int i = 0; i < 6; i++)
            {
                string answer = await again.AskAsync($"GET / HTTP/1.1\r\nHost: h\r\nCookie: a=b; {cookie}\r\n\r\n");
                answer.ShouldStartWith("HTTP/1.1 200 ");
                answer.ShouldNotContain("Set-Cookie");
            }
        }

        string seen = (isFirst ? first : second).TakeRecorded();
        Regex.Count(seen, "\r\nCookie: a=b\r\n").ShouldBe(6);
        seen.ShouldNotContain("stay");
        (isFirst ? second : first).TakeRecorded().ShouldBeEmpty();
        Directory.Delete(folder, recursive: true);
    }

    // Sends, and then goes without a word, at once or after a while, or takes its answer.
    private static async Task<int> ResetOftenAsync(RunningWeir weir, Random random)
    {
        int served = 0;
        for (int i = 0; i < 40; i++)
        {
            using Wire wire = await weir.ConnectAsync();
            await wire.SendAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            for (int turns = random.Next(4); turns > 0; turns--)
            {
                await Task.Yield();
            }

            if (random.Next(3) == 0)
            {
                (await wire.ReadResponseAsync()).ShouldStartWith("HTTP/1.1 200 ");
                served++;
                continue;
            }

            wire.Reset();
        }

        return served;
    }

    private static async Task AskOftenAsync(RunningWeir weir)
    {
        using Wire wire = await weir.ConnectAsync();
        for (int i = 0; i < 25; i++)
        {
            await wire.SendAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            (await wire.ReadResponseAsync()).ShouldStartWith("HTTP/1.1 200 ");
        }
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(2));
        for (int i = 0; i < 5000 && !isSo(); i++)
        {
            await timer.WaitForNextTickAsync();
        }

        isSo().ShouldBeTrue();
    }

    /// <summary>
    /// An origin of one thread that looks for the ends of its connections before it takes another one: so it counts as a server does.
    /// </summary>
    private sealed class CountingOrigin : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly List<Socket> _open = [];
        private readonly byte[] _buffer = new byte[16 * 1024];
        private readonly Thread _thread;
        private volatile bool _isOver;

        public CountingOrigin()
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen(64);
            _thread = new Thread(Run);
            _thread.Start();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

        public int Most { get; private set; }

        public void Dispose()
        {
            _isOver = true;
            _thread.Join();
            _listener.Dispose();
            _open.ForEach(socket => socket.Dispose());
        }

        private void Run()
        {
            while (!_isOver)
            {
                List<Socket> ready = [_listener, .. _open];
                Socket.Select(ready, null, null, 20_000);
                bool hasNew = ready.Contains(_listener);
                foreach (Socket socket in _open.Where(socket => socket.Poll(0, SelectMode.SelectRead)).ToArray())
                {
                    Serve(socket);
                }

                if (hasNew)
                {
                    _open.Add(_listener.Accept());
                    Most = Math.Max(Most, _open.Count);
                }
            }
        }

        // The requests are small, and one at a time: each comes in one piece.
        private void Serve(Socket socket)
        {
            int count = socket.Receive(_buffer, SocketFlags.None, out SocketError error);
            if (count == 0 || error != SocketError.Success)
            {
                _open.Remove(socket);
                socket.Dispose();
                return;
            }

            socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8, SocketFlags.None, out _);
        }
    }

    /// <summary>An origin that answers a request when the test says so.</summary>
    private sealed class HeldOrigin : IAsyncDisposable
    {
        private readonly RawOrigin _origin;
        private readonly ConcurrentQueue<int> _asked = new();
        private readonly TaskCompletionSource[] _answers = [.. Enumerable.Range(0, Clients).Select(_ => new TaskCompletionSource())];
        private int _now;

        public HeldOrigin() => _origin = new RawOrigin(TalkAsync);

        public string Url => _origin.Url;

        public IReadOnlyCollection<int> Asked => _asked;

        /// <summary>The most requests that were here at once.</summary>
        public int Most { get; private set; }

        public void Answer(int number) => _answers[number].SetResult();

        public ValueTask DisposeAsync() => _origin.DisposeAsync();

        private async Task TalkAsync(Wire wire)
        {
            while (await RawOrigin.ReadRequestAsync(wire) is { } request)
            {
                int number = int.Parse(Regex.Match(request, "GET /([0-9]+) ").Groups[1].ValueSpan);
                lock (_asked)
                {
                    Most = Math.Max(Most, ++_now);
                    _asked.Enqueue(number);
                }

                await _answers[number].Task;
                lock (_asked)
                {
                    _now--;
                }

                await wire.SendAsync(RawOrigin.Answer);
            }
        }
    }
}
