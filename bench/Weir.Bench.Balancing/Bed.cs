using System.Buffers.Text;
using Weir.Abstractions.Exchanges;
using Weir.Net.Buffers;
using Weir.Net.Loops;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Forwarding;
using Weir.Telemetry.Counting;
using Weir.Upstream;
using Weir.Upstream.Pooling;

namespace Weir.Bench.Balancing;

/// <summary>An upstream and a request that servers are picked for.</summary>
internal sealed class Bed : IDisposable
{
    private const int ListenPort = 80;

    private readonly Loop _loop = new(0, new BufferBudget(64 << 20), isInMemory: true);
    private readonly MemoryConnector _connector = new();
    private readonly CounterSet _counters = new(1);
    private readonly Queue<OriginStream> _inFlight = new();

    public Bed(IBalancer balancer, IEnumerable<int> weights)
    {
        ServerState[] servers = [.. weights.Select((weight, i) => Make(FormattableString.Invariant($"10.0.{i / 250}.{(i % 250) + 1}:80"), weight))];
        Upstream = new UpstreamState("app", servers, balancer, new ForwardPolicy(), 1);
        IpAddress client = IpAddress.FromIPv4(0xC000_0201);
        Exchange.Begin(new ConnectionInfo(1, client, ListenPort, client, ListenPort, false, ":80"), null!, Loop);
        SetKey(0);
    }

    public UpstreamState Upstream { get; }

    public SeededLoop Loop { get; } = new();

    public Exchange Exchange { get; } = new();

    public ServerState Make(string name, int weight) =>
        new(name, weight, isBackup: false, _connector, [new OriginPool(_loop, _connector, new OriginLimits(), _counters.OfLoop(0))]);

    public ServerState Pick() => Upstream.Pick(Exchange, default)!;

    /// <summary>Gives the request another path.</summary>
    public void SetKey(int key)
    {
        Span<byte> path = stackalloc byte[16];
        path[0] = (byte)'/';
        Utf8Formatter.TryFormat(key, path[1..], out int written);
        Exchange.Request.Clear();
        Exchange.Request.ReplacePath(path[..(written + 1)]);
    }

    /// <summary>The server works on a request; with more than that many at work, the oldest one ends.</summary>
    public void Occupy(ServerState server, int most)
    {
        _inFlight.Enqueue(server.PoolOf(0).ConnectAsync().AsTask().GetAwaiter().GetResult().Stream!);
        if (_inFlight.Count > most)
        {
            _inFlight.Dequeue().Release();
        }
    }

    public void Dispose()
    {
        while (_inFlight.TryDequeue(out OriginStream? stream))
        {
            stream.Release();
        }

        _loop.Dispose();
    }
}
