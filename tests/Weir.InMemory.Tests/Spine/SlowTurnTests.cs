using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.InMemory.Tests.Harness;
using Weir.Net.Time;

namespace Weir.InMemory.Tests.Spine;

/// <summary>Proves that a turn which holds up its loop is reported with the module that ran in it.</summary>
public sealed class SlowTurnTests
{
    private const string Config = """
        listen: [":8080"]
        sites:
          "*": { stack: [quick, busy], routes: [{ to: http://10.0.0.1:80 }] }
        """;

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_slow_turn_names_the_module_that_ran_last_and_one_before(bool onRequest, bool onResponse)
    {
        Busy busy = new(onRequest ? 120 : 0, onResponse ? 120 : 0);
        using Proxy proxy = new(Config, new Probe("busy", busy), new Probe("quick", new Busy(0, 0)));
        busy.Clock = proxy.Clock;
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take();
        string? atRequest = proxy.SlowTurns.SingleOrDefault();
        proxy.Origin.Answer(proxy, "done");
        client.TakeResponse().Body.ShouldBe("done");
        (onRequest ? atRequest : proxy.SlowTurns.Single()).ShouldBe(onRequest ? "busy or quick" : "quick or busy");
        proxy.AssertClean();
    }

    [Fact]
    public void A_slow_turn_of_one_module_names_it_alone()
    {
        Busy busy = new(120, 0);
        using Proxy proxy = new(Config.Replace("quick, ", "", StringComparison.Ordinal), new Probe("busy", busy));
        busy.Clock = proxy.Clock;
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.SlowTurns.ShouldBe(["busy"]);
        proxy.Clock.Advance(5);
        proxy.Loop.Post(() => proxy.Clock.Advance(20));
        proxy.Run();
        proxy.SlowTurns.ShouldBe(["busy", null]);
        proxy.Origin.Answer(proxy, "done");
        client.TakeResponse().Body.ShouldBe("done");
        proxy.AssertClean();
    }

    private sealed class Busy : IRequestModule, IResponseModule
    {
        private readonly int _requestMs;
        private readonly int _responseMs;

        public Busy(int requestMs, int responseMs)
        {
            _requestMs = requestMs;
            _responseMs = responseMs;
        }

        public FakeClock? Clock { get; set; }

        public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
        {
            Clock?.Advance(_requestMs);
            return new(Verdict.Continue);
        }

        public ValueTask OnResponseAsync(Exchange exchange)
        {
            Clock?.Advance(_responseMs);
            return default;
        }
    }
}
