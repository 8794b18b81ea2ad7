using System.Globalization;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Faults;

/// <summary>
/// Proves that many clients and origins that cut, stall, shrink windows and reset at random, with little memory, get their own answers or
/// none, and leave nothing behind.
/// </summary>
public sealed class StressTests
{
    private const int Steps = 1_000;
    private const int MostClients = 90;

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Everyone_gets_his_own_answer_or_an_error(int seed) => Run(seed, "");

    [Theory]
    [MemberData(nameof(Seeds))]
    public void So_does_everyone_where_servers_are_limited_hedged_and_kept(int seed) => Run(
        seed,
        ", limits: { requests: 8, connections: 6, queue: 12, queue_timeout: 3s }, sticky: { ttl: 10s }, "
            + "retry: { attempts: 3, on: [connect, reset, timeout, 503], budget: 90%, per_try_timeout: 2s, hedge: { after: 50ms } }");

    private static void Run(int seed, string options)
    {
        Random random = new(seed);
        string memory = seed % 2 == 0 ? "1MiB" : "3MiB";
        using Proxy proxy = new($$"""
            listen: [":8080"]
            limits: { memory: {{memory}}, header_timeout: 5s, idle_timeout: 10s, body_size: 50KiB }
            upstreams:
              app: { servers: ["http://10.0.0.1:80", "http://10.0.0.2:80"], timeouts: { first_byte: 5s, idle: 5s }{{options}} }
            sites:
              "*": { routes: [{ to: app }] }
            """);
        List<StressClient> clients = [];
        Dictionary<Peer, StressOrigin> origins = [];
        for (int step = 0; step < Steps; step++)
        {
            if (clients.Count < MostClients && random.Next(3) == 0)
            {
                clients.Add(new StressClient(proxy.ConnectQuietly((uint)(0xC0000200 + random.Next(200))), random));
            }

            if (clients.Count > 0)
            {
                clients[random.Next(clients.Count)].Act();
            }

            foreach (Peer origin in proxy.Servers.SelectMany(server => server.Connections).Where(origin => !origin.IsClosed).ToArray())
            {
                if (!origins.TryGetValue(origin, out StressOrigin? actor))
                {
                    actor = new StressOrigin(origin, random);
                    origins.Add(origin, actor);
                }

                actor.Act();
            }

            Pass(proxy, random);
            clients.RemoveAll(client => client.IsOver());
        }

        proxy.Ended.Count.ShouldBeGreaterThan(50);
        proxy.AssertClean();
    }

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 12)];

    private static void Pass(Proxy proxy, Random random)
    {
        int dice = random.Next(100);
        if (dice < 60)
        {
            proxy.Run();
        }
        else if (dice < 75)
        {
            proxy.Clock.Advance(random.Next(50));
            proxy.Run();
        }
        else if (dice == 99)
        {
            proxy.Advance(random.Next(6_000));
        }
    }

    /// <summary>Sends requests whose answers only it can get, in pieces, and checks what comes back.</summary>
    private sealed class StressClient
    {
        private static int _lastId;

        private readonly Peer _peer;
        private readonly Random _random;
        private readonly Queue<(string Body, bool IsHead)> _expected = new();
        private string _pending = "";

        public StressClient(Peer peer, Random random)
        {
            _peer = peer;
            _random = random;
        }

        public void Act()
        {
            if (_pending.Length == 0 && _expected.Count < 3)
            {
                Ask();
            }

            int count = _random.Next(4) == 0 ? _pending.Length : _random.Next(_pending.Length + 1);
            _peer.Connection.PeerSend(System.Text.Encoding.Latin1.GetBytes(_pending[..count]));
            _pending = _pending[count..];
            switch (_random.Next(60))
            {
                case 0:
                    _peer.Connection.PeerReset();
                    break;
                case 1:
                    _peer.Connection.PeerEnd();
                    break;
                case 2:
                    _peer.Connection.OpenWindow(_random.Next(20_000));
                    break;
                case < 10:
                    _peer.Connection.OpenWindow(int.MaxValue);
                    break;
            }
        }

        /// <summary>Checks what came; true when the connection is over.</summary>
        public bool IsOver()
        {
            while (_peer.Connection.Sent.Length > 0 && _expected.Count > 0
                && _peer.TryTake(isResponse: true, _expected.Peek().IsHead, out Message message))
            {
                (string body, bool isHead) = _expected.Dequeue();
                if (message["Proxy-Status"] is null)
                {
                    message.Status.ShouldBe(200);
                    message.Body.ShouldBe(isHead ? "" : body);
                }
            }

            return _peer.IsClosed;
        }

        private void Ask()
        {
            string id = Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);
            int size = _random.Next(3) == 0 ? _random.Next(60_000) : _random.Next(200);
            string body = StressOrigin.BodyOf(id, size);
            (string method, string fields, string content) = _random.Next(4) switch
            {
                0 => ("GET", "", ""),
                1 => ("HEAD", "", ""),
                2 => ("PUT", $"Content-Length: {size}\r\n", body),
                _ => ("POST", "Transfer-Encoding: chunked\r\n", size == 0 ? "0\r\n\r\n" : $"{size:x}\r\n{body}\r\n0\r\n\r\n"),
            };
            _pending = $"{method} /{id}/{size} HTTP/1.1\r\nHost: a.test\r\n{fields}\r\n{content}";
            _expected.Enqueue((body, method == "HEAD"));
        }
    }

    /// <summary>Answers each request with what its path asks for, in pieces.</summary>
    private sealed class StressOrigin
    {
        private readonly Peer _peer;
        private readonly Random _random;
        private string _pending = "";

        public StressOrigin(Peer peer, Random random)
        {
            _peer = peer;
            _random = random;
        }

        public static string BodyOf(string id, int size) =>
            string.Concat(Enumerable.Repeat(id + ",", (size / (id.Length + 1)) + 1))[..size];

        public void Act()
        {
            if (_peer.Received.Length > 0 && _peer.TryTake(isResponse: false, isHead: false, out Message request))
            {
                Answer(request);
            }

            int count = _random.Next(3) == 0 ? _pending.Length : _random.Next(_pending.Length + 1);
            _peer.Connection.PeerSend(System.Text.Encoding.Latin1.GetBytes(_pending[..count]));
            _pending = _pending[count..];
            switch (_random.Next(400))
            {
                case 0:
                    _peer.Connection.PeerReset();
                    break;
                case 1:
                    _peer.Connection.PeerEnd();
                    break;
                case 2:
                    _peer.Connection.OpenWindow(_random.Next(20_000));
                    break;
                case < 40:
                    _peer.Connection.OpenWindow(int.MaxValue);
                    break;
            }
        }

        private void Answer(Message request)
        {
            string[] path = request.StartLine.Split(' ')[1].Split('/');
            string body = BodyOf(path[1], int.Parse(path[2], CultureInfo.InvariantCulture));
            if (request.StartLine.StartsWith('P'))
            {
                request.Body.ShouldBe(body);
            }

            bool isHead = request.StartLine.StartsWith("HEAD", StringComparison.Ordinal);
            bool isChunked = _random.Next(2) == 0 && body.Length > 0 && !isHead;
            _pending += isChunked
                ? $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n"
                : $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{(isHead ? "" : body)}";
        }
    }
}
