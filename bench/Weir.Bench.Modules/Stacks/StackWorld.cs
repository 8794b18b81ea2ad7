using System.Diagnostics;
using System.Text;
using Weir.InMemory.Tests.Harness;
using Weir.Net.Memory;

namespace Weir.Bench.Modules.Stacks;

/// <summary>A whole Weir on one thread, with a stack, over connections in memory that allocate nothing when they are warm.</summary>
internal sealed class StackWorld : IDisposable
{
    private const string Response =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nServer: origin/1.2\r\nCache-Control: no-store\r\nContent-Length: 5\r\n\r\nhello";

    // More would open more connections to the origin than are kept.
    private const int AtOnce = 64;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    private readonly Proxy _proxy;
    private readonly MemoryConnection[] _clients;
    private readonly byte[][] _requests;
    private readonly byte[] _response = Encoding.Latin1.GetBytes(Response);
    private readonly Scene _scene;
    private MemoryConnection[] _origins = [];
    private int _next;

    public StackWorld(Scene scene, string stack)
    {
        _scene = scene;
        _proxy = new Proxy($$"""
            listen: [":8080"]
            limits: { connections_per_client: 100000 }
            upstreams:
              app: { servers: ["http://10.0.0.1:80"] }
              other: { servers: ["http://10.0.0.2:80"] }
            {{scene.Sections}}
            sites:
              "*": { stack: [{{stack}}], routes: [{ path: /never, to: other }, { to: app }] }
            """);
        _clients = [.. Enumerable.Range(0, scene.Clients).Select(i => _proxy.Connect(AddressOf(i)).Connection)];
        Random random = new(20261122);
        _requests = [.. Enumerable.Range(0, scene.Requests).Select(_ => RequestOf(random.Next(Math.Max(scene.Before, 1))))];
        byte[][] before = new byte[scene.Clients][];
        for (int i = 0; i < scene.Before; i += scene.Clients)
        {
            for (int client = 0; client < before.Length; client++)
            {
                before[client] = RequestOf(i + client);
            }

            SweepAll(before, 0);
        }
    }

    /// <summary>The address of a client: spread over the space, all different.</summary>
    public static uint AddressOf(int client) => ((uint)client * 2654435761u) | 1;

    /// <summary>Every client asks so many times. Nanoseconds a request.</summary>
    public double Measure(int sweeps)
    {
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < sweeps; i++)
        {
            SweepAll(_requests, _next);
            _next = (_next + _clients.Length) % _requests.Length;
        }

        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / (sweeps * (double)_clients.Length);
    }

    /// <summary>Octets that a request allocates: the least of several windows, for what the runtime allocates by itself.</summary>
    public double Octets(int sweeps)
    {
        long least = long.MaxValue;
        for (int window = 0; window < 5; window++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Measure(sweeps);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least / (sweeps * (double)_clients.Length);
    }

    public void Dispose() => _proxy.Dispose();

    private byte[] RequestOf(int number) => Encoding.Latin1.GetBytes($"""
        GET /shop/items/4711?page=2 HTTP/1.1
        Host: shop.example.com
        User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0
        Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
        Accept-Language: en-GB,en;q=0.5
        Accept-Encoding: gzip, deflate, br
        Cookie: theme=dark; session=4f1e6f0b2a
        {_scene.Lines?.Invoke(number)}
        """.ReplaceLineEndings("\r\n").TrimEnd() + "\r\n\r\n");

    private void SweepAll(byte[][] requests, int first)
    {
        for (int from = 0; from < _clients.Length; from += AtOnce)
        {
            Sweep(_clients.AsSpan(from, AtOnce), requests, first + from);
        }
    }

    private void Sweep(ReadOnlySpan<MemoryConnection> clients, byte[][] requests, int first)
    {
        for (int i = 0; i < clients.Length; i++)
        {
            clients[i].PeerSend(requests[(first + i) % requests.Length]);
        }

        long begin = Stopwatch.GetTimestamp();
        int answered = 0;
        while (answered < clients.Length)
        {
            _proxy.Loop.RunUntilIdle();
            ServeOrigins();
            answered = TakeAnswers(clients, answered);
            if (answered < clients.Length && Stopwatch.GetElapsedTime(begin) > _patience)
            {
                throw new TimeoutException($"{_scene.Name}: {answered} of {clients.Length} requests were answered.");
            }
        }
    }

    private void ServeOrigins()
    {
        int open = 0;
        foreach (OriginServer server in _proxy.ServersByName.Values)
        {
            open += server.Connections.Count;
        }

        if (_origins.Length != open)
        {
            _origins = [.. _proxy.Servers.SelectMany(server => server.Connections).Select(peer => peer.Connection)];
        }

        foreach (MemoryConnection origin in _origins)
        {
            if (origin.Sent.Length > 0)
            {
                origin.ClearSent();
                origin.PeerSend(_response);
            }
        }

        _proxy.Loop.RunUntilIdle();
    }

    // Clients are looked at in their order: whoever waits for something beside the loop is asked for again.
    private int TakeAnswers(ReadOnlySpan<MemoryConnection> clients, int answered)
    {
        while (answered < clients.Length && clients[answered].Sent.Length > 0)
        {
            MemoryConnection client = clients[answered];
            if (!client.Sent.StartsWith("HTTP/1.1 200"u8) || !client.Sent.EndsWith("hello"u8))
            {
                throw new InvalidOperationException($"{_scene.Name}: {Encoding.Latin1.GetString(client.Sent)}");
            }

            client.ClearSent();
            answered++;
        }

        return answered;
    }
}
