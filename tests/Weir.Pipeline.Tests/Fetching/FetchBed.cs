using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Net.Buffers;
using Weir.Net.Loops;
using Weir.Net.Time;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.ErrorPages;
using Weir.Pipeline.Finishing;
using Weir.Pipeline.Forwarding;
using Weir.Pipeline.Plans;
using Weir.Pipeline.Routing;
using Weir.Pipeline.Stacks;
using Weir.Pipeline.Tests.Routing;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;
using Weir.Upstream.Pooling;

namespace Weir.Pipeline.Tests.Fetching;

/// <summary>A pipeline over memory connections and a fake clock, turned by hand; checks at its end that nothing leaked.</summary>
internal sealed class FetchBed : IDisposable
{
    private readonly BufferBudget _budget = new(256 << 20);
    private readonly Loop[] _loops;
    private readonly FakeClock _clock = new();
    private readonly ExchangeRunner _runner;
    private readonly OriginPool[] _pools;
    private int _handled;
    private int _begun;

    public FetchBed(IModule[] site, IModule[] route, int loops = 1)
    {
        _loops = [.. Enumerable.Range(0, loops).Select(index => new Loop(index, _budget, _clock, Failures, isInMemory: true))];
        CounterSet counters = new(loops, new FamilyLabels()
            .With(CounterFamily.ProxyErrors, Abstractions.Errors.ProxyErrors.All.Select(error => error.Name)));
        _pools = [.. _loops.Select(loop => new OriginPool(loop, Origin, new OriginLimits(), counters.OfLoop(loop.Index)))];
        ServerState server = new("origin", 1, false, Origin, _pools);
        UpstreamState upstream = new("app", [server], new RoundRobinBalancer(), new ForwardPolicy { Attempts = 1 }, loops);
        RoutePlan routePlan = new() { Name = "/*", Stack = Compile(route), Target = upstream };
        SitePlan sitePlan = new()
        {
            Name = "*",
            Stack = Compile(site),
            Routes = new RouteTable<RoutePlan>([new RouteDefinition<RoutePlan>(routePlan)]),
        };
        SitePattern.TryParse("*", out SitePattern? everyHost, out _).ShouldBeTrue();
        Plan plan = new()
        {
            Sites = new SiteTable<SitePlan>([new SiteDefinition<SitePlan>(everyHost!, sitePlan)]),
            ErrorPages = new ErrorPageSet([]),
            Identity = new IdentityPolicy([]),
            Upstreams = new Dictionary<string, UpstreamState>(StringComparer.Ordinal) { ["app"] = upstream },
        };
        _runner = new ExchangeRunner(new PlanHolder(plan), counters, new ExchangeEnd(counters, WeirLog.Silent, new IExchangeLog?[loops]));
        Turn();
    }

    public MemoryOrigin Origin { get; } = new();

    public FailureList Failures { get; } = new();

    public Loop Loop(int index) => _loops[index];

    public RecordingClient Send(string path, int loop = 0, RecordingClient? client = null, string method = "GET")
    {
        client ??= new RecordingClient();
        Exchange exchange = Requests.Of(method, path);
        byte[] host = Encoding.ASCII.GetBytes("example.test");
        Abstractions.Heads.ByteSlice authority = exchange.Request.Fields.Store(host);
        exchange.Request.SetAuthority(authority, authority, 0);
        exchange.Request.Version = Abstractions.Heads.HttpVersion.Http11;
        ConnectionInfo connection = new(1, IpAddress.FromIPv4(0x7f000001), 4000, IpAddress.FromIPv4(0x7f000001), 80, false, ":80");
        exchange.Begin(connection, client, _loops[loop]);
        _begun++;
        _loops[loop].Post(() => _loops[loop].Observe(HandleAsync(exchange)));
        Turn();
        return client;
    }

    /// <summary>Turns every loop until none has anything to do.</summary>
    public void Turn()
    {
        for (int i = 0; i < 8; i++)
        {
            Array.ForEach(_loops, loop => loop.RunUntilIdle());
        }
    }

    public void Advance(int ms)
    {
        _clock.Advance(ms);
        Turn();
    }

    public void Answer(string text)
    {
        Origin.Last.PeerSend(Encoding.Latin1.GetBytes(text));
        Turn();
    }

    public void Dispose()
    {
        Turn();
        _handled.ShouldBe(_begun, "An exchange did not end.");
        Failures.List.ShouldBeEmpty();
        foreach (OriginPool pool in _pools)
        {
            pool.ActiveCount.ShouldBe(0, "A hold on an origin leaked.");
            pool.CloseIdle();
        }

        foreach (Loop loop in _loops)
        {
            loop.RunUntilIdle();
            loop.SmallBuffers.RentedCount.ShouldBe(0, "A small buffer leaked.");
            loop.LargeBuffers.RentedCount.ShouldBe(0, "A large buffer leaked.");
            loop.TimerCount.ShouldBe(0, "A timer leaked.");
            loop.Dispose();
        }
    }

    private static CompiledStack Compile(IModule[] modules) =>
        new([.. modules.Select((module, index) => new NamedModule("m" + index, module))]);

    private async ValueTask HandleAsync(Exchange exchange)
    {
        await _runner.HandleAsync(exchange);
        _handled++;
    }

    internal sealed class FailureList : ILoopObserver
    {
        public List<Exception> List { get; } = [];

        public void OnSlowTurn(int loop, long tookNs, string? modules)
        {
        }

        public void OnFailure(int loop, Exception exception) => List.Add(exception);

        public void OnBatchEnd(int loop, long nowMs)
        {
        }
    }
}
