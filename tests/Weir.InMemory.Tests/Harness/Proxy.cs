using System.Collections.Concurrent;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Config;
using Weir.Config.Model;
using Weir.Http.Http1;
using Weir.Modules;
using Weir.Net.Buffers;
using Weir.Net.Loops;
using Weir.Net.Memory;
using Weir.Net.Sockets;
using Weir.Net.Time;
using Weir.Net.Tls;
using Weir.Pipeline;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Challenges;
using Weir.Pipeline.Finishing;
using Weir.Pipeline.Health;
using Weir.Pipeline.Plans;
using Weir.Pipeline.Timing;
using Weir.Server;
using Weir.Server.Listening;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.InMemory.Tests.Harness;

/// <summary>A whole Weir on one in-memory loop, driven by the test's thread. Time stands still until the test moves it.</summary>
internal sealed class Proxy : IDisposable
{
    /// <summary>One site, one upstream with one server.</summary>
    public const string Simple = """
        listen: [":8080"]
        sites:
          "*": http://10.0.0.1:80
        """;

    private const int MostTurns = 100_000;

    // Reading YAML costs more than most tests do with it, and what is read is immutable: thousands of runs share few texts.
    private static readonly StandardModules _standardModules = new([]);
    private static readonly ConcurrentDictionary<string, ConfigResult> _read = new();
    private static readonly FamilyLabels _labels = new FamilyLabels()
        .With(CounterFamily.ProxyErrors, ProxyErrors.All.Select(error => error.Name))
        .With(CounterFamily.RejectedHeads, Reasons())
        .With(CounterFamily.RejectedOriginHeads, Reasons())
        .With(CounterFamily.TlsClientFailures, TlsFailures.Names);

    private readonly Acceptor _acceptor;
    private readonly MemoryUpstreams _upstreams;
    private readonly FailureObserver _failures = new();
    private readonly List<Peer> _clients = [];
    private readonly StandardModules _catalog;
    private readonly PlanHolder _plans;
    private readonly KeptMemories _memories;
    private ModuleInventory _modules = new();

    public Proxy(string yaml = Simple, params IReadOnlyList<IModuleFactory> modules)
        : this(new KeptMemories(), yaml, modules)
    {
    }

    /// <summary>A process that finds what an earlier one remembered.</summary>
    public Proxy(KeptMemories memories, string yaml, params IReadOnlyList<IModuleFactory> modules)
    {
        _memories = memories;
        _catalog = modules.Count == 0 ? _standardModules : new StandardModules(modules);
        WeirConfig config = Read(yaml);
        Budget = new BufferBudget(config.Limits.Memory.Resolve(1L << 30));
        Loop = new Loop(0, Budget, Clock, _failures, isInMemory: true);
        Counters = new CounterSet(1, _labels);
        Probers = new HealthProbers([Loop], Counters, new WeirLog(Events));
        _upstreams = new MemoryUpstreams(Loop, Counters) { Log = new WeirLog(Events), Probers = Probers };
        PlanBuilder builder = NewBuilder();
        _plans = new PlanHolder(Build(builder, config));
        ExchangeRunner runner = new(_plans, Counters, new ExchangeEnd(Counters, new WeirLog(Events), [Ended]), new WeirLog(Events));
        ModuleClock = new ModuleClock(runner, [Loop]);
        Server = new ServerLoop(Loop, runner, Counters.OfLoop(0), LimitsOf(config.Limits))
        {
            Log = new WeirLog(Events),
            Overload = Overload,
        };
        ListenerOptions options = new()
        {
            Name = ":8080",
            TrustedProxies = config.TrustedProxies,
            SpeaksHttp1 = config.Listen[0].Protocols.Contains(ListenerProtocol.H1),
            SpeaksHttp2 = config.Listen[0].Protocols.Contains(ListenerProtocol.H2),
            Modules = builder.BuildConnections(config.Listen[0]),
        };
        _acceptor = new Acceptor(Server, Gate, options, SocketAddress.Of(IpAddress.FromIPv4(0x7F000001), 8080), null);
        _modules = builder.Modules;
        ModuleClock.Start();
        Loop.RunUntilIdle();
    }

    public FakeClock Clock { get; } = new();

    public BufferBudget Budget { get; }

    public Loop Loop { get; }

    public CounterSet Counters { get; }

    public ServerLoop Server { get; }

    public ConnectionGate Gate { get; } = new();

    /// <summary>Whether there is too much to do: tests decide.</summary>
    public Overload Overload { get; } = new();

    /// <summary>What calls modules that act by the clock.</summary>
    public ModuleClock ModuleClock { get; }

    /// <summary>What checks the servers.</summary>
    public HealthProbers Probers { get; }

    /// <summary>What the access log would say.</summary>
    public EndedExchanges Ended { get; } = new();

    /// <summary>What an operator would be told.</summary>
    public TakenEvents Events { get; } = new();

    /// <summary>The only server of <see cref="Simple"/>.</summary>
    public OriginServer Origin => ServerAt("10.0.0.1:80");

    /// <summary>The modules named by each slow turn.</summary>
    public IReadOnlyList<string?> SlowTurns => _failures.SlowTurns;

    public int BuffersRented => Loop.SmallBuffers.RentedCount + Loop.LargeBuffers.RentedCount;

    public OriginServer ServerAt(string authority) => _upstreams.Servers[authority];

    /// <summary>What modules share: caches, their directories.</summary>
    public IEnumerable<T> Shared<T>() => _modules.OfShared<T>();

    /// <summary>The only upstream.</summary>
    public UpstreamState OnlyUpstream => _upstreams.Upstreams.Values.Single();

    public UpstreamState Upstream(string name) => _upstreams.Upstreams[name];

    public IEnumerable<OriginServer> Servers => _upstreams.Servers.Values;

    /// <summary>The servers by HOST:PORT, in the order of the file.</summary>
    public IReadOnlyDictionary<string, OriginServer> ServersByName => _upstreams.Servers;

    /// <summary>A client connects.</summary>
    public Peer Connect(uint address = 0xC0000201)
    {
        Peer client = Add(address);
        Run();
        return client;
    }

    /// <summary>Turns until nothing is ready. A loop that never comes to rest is a failure.</summary>
    public void Run()
    {
        Loop.RunUntilIdle(MostTurns).ShouldBeTrue("The loop does not come to rest.");
        _failures.Failure.ShouldBeNull();
    }

    /// <summary>Lets time pass in steps, so that timers that arm themselves again come to their turn.</summary>
    public void Advance(int ms, int step = 500)
    {
        for (int left = ms; left > 0; left -= step)
        {
            Clock.Advance(Math.Min(left, step));
            Run();
        }
    }

    /// <summary>A client connects, in the middle of a turn's work.</summary>
    public Peer ConnectQuietly(uint address) => Add(address);

    /// <summary>All clients go; afterwards nothing may be held.</summary>
    public void AssertClean()
    {
        Probers.Dispose();
        ModuleClock.Stop();
        Run();
        foreach (Peer client in _clients)
        {
            if (!client.IsClosed)
            {
                client.End();
            }
        }

        Advance(130_000, 2_000);
        foreach (Peer client in _clients)
        {
            client.IsClosed.ShouldBeTrue("A client's connection is still open two minutes after its end.");
        }

        Server.ExchangesInUse.ShouldBe(0, "exchanges in use");
        Server.ConnectionCount.ShouldBe(0, "client connections");
        BuffersRented.ShouldBe(0, "buffers rented");
        foreach (OriginServer server in Servers)
        {
            server.Pool.ActiveCount.ShouldBe(0, "active leases");
            server.Pool.IdleCount.ShouldBe(0, "idle connections after their time");
            server.Connections.ShouldAllBe(connection => connection.IsClosed);
        }

        foreach (UpstreamState upstream in _upstreams.Upstreams.Values)
        {
            upstream.Queue.WaitingCount.ShouldBe(0, "exchanges in queues");
            upstream.Servers.ShouldAllBe(server => server.Limit.InFlight == 0 && server.Slots.Open == 0);
        }

        Loop.TimerCount.ShouldBe(0, "timers armed");
    }

    /// <summary>Puts another configuration of sites in force, as a reload does. Upstreams are made anew.</summary>
    public void Reload(string yaml)
    {
        PlanBuilder builder = NewBuilder();
        _plans.Swap(Build(builder, Read(yaml)));
        _modules.DisposeAllBut(builder.Modules);
        _modules = builder.Modules;
        ModuleClock.Start();
        Run();
    }

    public void Dispose() => Loop.Dispose();

    private WeirConfig Read(string yaml)
    {
        ConfigResult read = ReferenceEquals(_catalog, _standardModules)
            ? _read.GetOrAdd(yaml, static text => ConfigReader.ReadText(text, "test.yaml", _standardModules))
            : ConfigReader.ReadText(yaml, "test.yaml", _catalog);
        string.Join("\n", read.Errors.Where(error => !error.IsWarning)).ShouldBeEmpty();
        return read.Config!;
    }

    /// <summary>What issuers of certificates are answered; in force from the next reload.</summary>
    public HttpChallenges? Challenges { get; set; }

    private PlanBuilder NewBuilder() =>
        new(_catalog, _upstreams, _modules, new WeirLog(Events), _memories) { Challenges = Challenges, Overload = Overload };

    private static Plan Build(PlanBuilder builder, WeirConfig config)
    {
        Plan? plan = builder.Build(config);
        string.Join("\n", builder.Errors.Where(error => !error.IsWarning)).ShouldBeEmpty();
        return plan!;
    }

    private Peer Add(uint address)
    {
        MemoryConnection connection = new(Loop);
        Peer client = new(this, connection);
        _clients.Add(client);
        _acceptor.Serve(connection, IpAddress.FromIPv4(address), 40_000);
        return client;
    }

    private static IEnumerable<string> Reasons() =>
        Enumerable.Range(0, RejectReasons.Count).Select(reason => RejectReasons.Name((RejectReason)reason));

    private static ServerLimits LimitsOf(LimitsConfig limits) => new()
    {
        HeaderTimeoutMs = ForwardPolicies.Ms(limits.HeaderTimeout),
        IdleTimeoutMs = ForwardPolicies.Ms(limits.IdleTimeout),
        BodyMinOctetsPerSecond = limits.BodyMinRate.OctetsPerSecond,
        ResponseMinOctetsPerSecond = limits.ResponseMinRate.OctetsPerSecond,
        BodyOctets = limits.BodySize.Octets,
        RequestsPerConnection = limits.RequestsPerConnection,
        Head = new HeadLimits((int)limits.HeaderSize.Octets, limits.HeaderCount, (int)Math.Min(limits.HeaderSize.Octets, 16 * 1024)),
        Connections = limits.Connections,
        ConnectionsPerClient = limits.ConnectionsPerClient,
    };

    private sealed class FailureObserver : ILoopObserver
    {
        public Exception? Failure { get; private set; }

        public List<string?> SlowTurns { get; } = [];

        public void OnSlowTurn(int loop, long tookNs, string? modules) => SlowTurns.Add(modules);

        public void OnFailure(int loop, Exception exception) => Failure ??= exception;

        public void OnBatchEnd(int loop, long nowMs)
        {
            // Nothing is done once a batch here.
        }
    }
}
