using Weir.Abstractions.Exchanges;
using Weir.Net.Buffers;
using Weir.Net.Loops;
using Weir.Net.Time;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Forwarding;
using Weir.Pipeline.Tests.Fetching;
using Weir.Pipeline.Tests.Routing;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;
using Weir.Upstream;
using Weir.Upstream.Pooling;

namespace Weir.Pipeline.Tests.Balancing;

/// <summary>
/// An upstream whose servers the test makes busy, ill and well, and a loop that picks among them with lots that never change.
/// </summary>
internal sealed class BalanceBed : ILogSink, IDisposable
{
    private const ulong Seed = 20261121;

    private readonly Loop[] _loops;
    private readonly MemoryOrigin _origin = new();
    private readonly CounterSet _counters;
    private readonly ForwardPolicy _policy;
    private readonly Dictionary<ServerState, Queue<OriginStream>> _busy = [];
    private readonly List<LogRecord> _events = [];

    public BalanceBed(IBalancer balancer, int[] weights, int backups = 0, ForwardPolicy? policy = null, int loops = 1)
    {
        BufferBudget budget = new(64 << 20);
        FakeClock clock = new();
        _counters = new CounterSet(loops);
        _loops = [.. Enumerable.Range(0, loops).Select(index => new Loop(index, budget, clock, isInMemory: true))];
        _policy = policy ?? new ForwardPolicy();
        ServerState[] servers = [.. weights.Select((weight, i) => Make($"10.0.0.{i + 1}:80", weight, i >= weights.Length - backups))];
        Upstream = new UpstreamState("app", servers, balancer, _policy, loops) { Log = new WeirLog(this), Counters = _counters.Shared };
        Loop = new SteadyLoop(Seed);
        Exchange = RequestOn(Loop, "GET", "/");
    }

    public UpstreamState Upstream { get; }

    public SteadyLoop Loop { get; }

    /// <summary>The request that is picked for.</summary>
    public Exchange Exchange { get; set; }

    public IReadOnlyList<ServerState> Servers => Upstream.Servers;

    public CounterSet Counters => _counters;

    public long Panics => _counters.Total(Counter.Panics);

    public static Exchange RequestOn(LoopServices loop, string method, string path, params (string Name, string Value)[] fields) =>
        RequestFrom(loop, IpAddress.FromIPv4(0xC000_0201), method, path, fields);

    public static Exchange RequestFrom(
        LoopServices loop, IpAddress client, string method, string path, params (string Name, string Value)[] fields)
    {
        Exchange exchange = Requests.Of(method, path, fields);
        exchange.Begin(
            new ConnectionInfo(1, client, 40_000, IpAddress.FromIPv4(0x7F00_0001), 80, false, ":80"), new RecordingClient(), loop);
        return exchange;
    }

    public ServerState Make(string name, int weight = 1, bool isBackup = false)
    {
        OriginPool[] pools = [.. _loops.Select(loop => new OriginPool(loop, _origin, new OriginLimits(), _counters.OfLoop(loop.Index)))];
        ServerState server = new(name, weight, isBackup, _origin, pools);
        _busy[server] = new Queue<OriginStream>();
        return server;
    }

    public ServerState? Pick(params ServerState[] tried)
    {
        TriedServers list = default;
        Array.ForEach(tried, server => list.Add(server));
        return Upstream.Pick(Exchange, list);
    }

    /// <summary>How many picks fell on each server.</summary>
    public int[] Count(int picks)
    {
        int[] counts = new int[Servers.Count];
        Dictionary<ServerState, int> index = Servers.Select((server, i) => (server, i)).ToDictionary(pair => pair.server, pair => pair.i);
        for (int i = 0; i < picks; i++)
        {
            counts[index[Pick()!]]++;
        }

        return counts;
    }

    /// <summary>A server gets exchanges that last.</summary>
    public void Occupy(ServerState server, int count = 1)
    {
        for (int i = 0; i < count; i++)
        {
            ValueTask<OriginLease> connecting = server.PoolOf(0).ConnectAsync();
            connecting.IsCompletedSuccessfully.ShouldBeTrue();
            _busy[server].Enqueue(connecting.Result.Stream!);
        }
    }

    /// <summary>The oldest exchange of a server ends.</summary>
    public void Free(ServerState server) => _busy[server].Dequeue().Release();

    public int EventCount(OperatorEvent happened) => _events.Count(record => record.Event == happened);

    public bool TryWrite(LogRecord record)
    {
        _events.Add(record);
        return true;
    }

    public void Dispose()
    {
        foreach (Queue<OriginStream> streams in _busy.Values)
        {
            while (streams.TryDequeue(out OriginStream? stream))
            {
                stream.Release();
            }
        }

        Array.ForEach(_loops, loop => loop.Dispose());
    }
}
