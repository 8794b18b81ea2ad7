using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Spine;

/// <summary>Proves the order of stacks: requests go down, answers come up, and an answer passes only the modules above its maker.</summary>
public sealed class StackTests
{
    private const string Stacks = """
        listen: [":8080"]
        sites:
          "*":
            stack: [a, b]
            routes:
              - { path: /*, stack: [c, d], to: "http://10.0.0.1:80" }
        """;

    [Fact]
    public void Requests_pass_in_order_and_responses_in_reverse()
    {
        List<string> calls = [];
        using Proxy proxy = Build(calls, null);
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take();
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse().Body.ShouldBe("x");
        calls.ShouldBe(["a>", "b>", "c>", "d>", "<d", "<c", "<b", "<a"]);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("a", "a>")]
    [InlineData("b", "a> b> <a")]
    [InlineData("c", "a> b> c> <b <a")]
    [InlineData("d", "a> b> c> d> <c <b <a")]
    public void An_answer_passes_only_the_modules_above(string answering, string expected)
    {
        List<string> calls = [];
        using Proxy proxy = Build(calls, answering);
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        client.TakeResponse().Status.ShouldBe(299);
        string.Join(' ', calls).ShouldBe(expected);
        proxy.Ended.AnsweredBy.ShouldBe(answering);
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    [Fact]
    public void An_error_of_Weirs_own_passes_the_stacks_like_an_origins_answer()
    {
        List<string> calls = [];
        using Proxy proxy = Build(calls, null);
        proxy.Origin.Refusal = Abstractions.Errors.ProxyErrors.ConnectRefused;
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        client.TakeResponse().Status.ShouldBe(502);
        calls.ShouldBe(["a>", "b>", "c>", "d>", "<d", "<c", "<b", "<a"]);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_modules_exception_is_a_500_and_the_connection_stays(bool isOnRequest)
    {
        using Proxy proxy = new("""
            listen: [":8080"]
            sites:
              "*": { stack: [broken], routes: [{ to: "http://10.0.0.1:80" }] }
            """, new Probe("broken", new Broken(isOnRequest)));
        Peer client = proxy.Connect();
        for (int i = 0; i < 2; i++)
        {
            client.SendHead("GET / HTTP/1.1", "Host: a.test");
            if (!isOnRequest)
            {
                proxy.Origin.Take();
                proxy.Origin.Answer(proxy, "secret");
            }

            Message response = client.TakeResponse();
            response.Status.ShouldBe(500);
            response.Body.ShouldNotContain("secret");
            response["Proxy-Status"]!.ShouldContain("proxy_internal_error");
            proxy.Ended.Error.ShouldBe("module_failed");
        }

        client.IsClosed.ShouldBeFalse();
        proxy.AssertClean();
    }

    [Fact]
    public void A_module_that_aborts_resets_the_client_without_an_answer()
    {
        List<string> calls = [];
        using Proxy proxy = Build(calls, "b", Verdict.Abort);
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        client.ExpectNothing();
        client.IsClosed.ShouldBeTrue();
        client.WasReset.ShouldBeTrue();
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    [Fact]
    public void A_module_may_wait_without_holding_up_others()
    {
        using Proxy proxy = new("""
            listen: [":8080"]
            sites:
              "*": { stack: [waits], routes: [{ to: "http://10.0.0.1:80" }] }
            """, new Probe("waits", new Waiting()));
        Peer slow = proxy.Connect();
        slow.SendHead("GET /slow HTTP/1.1", "Host: a.test");
        proxy.Origin.Connections.ShouldBeEmpty();
        Peer fast = proxy.Connect();
        fast.SendHead("GET /fast HTTP/1.1", "Host: a.test");
        proxy.Origin.Take().StartLine.ShouldStartWith("GET /fast ");
        proxy.Origin.Answer(proxy, "fast");
        fast.TakeResponse().Body.ShouldBe("fast");
        slow.ExpectNothing();
        proxy.Advance(1_000);
        proxy.Origin.Take().StartLine.ShouldStartWith("GET /slow ");
        proxy.Origin.Answer(proxy, "slow");
        proxy.Advance(1_000);
        slow.TakeResponse().Body.ShouldBe("slow");
        proxy.AssertClean();
    }

    private static Proxy Build(List<string> calls, string? answering, Verdict verdict = Verdict.Answered)
    {
        string[] names = ["a", "b", "c", "d"];
        return new Proxy(
            Stacks,
            [.. names.Select(name => new Probe(name, new Noting(name, calls, name == answering ? verdict : Verdict.Continue)))]);
    }

    private sealed class Noting(string name, List<string> calls, Verdict verdict) : IRequestModule, IResponseModule
    {
        public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
        {
            calls.Add(name + ">");
            if (verdict == Verdict.Answered)
            {
                exchange.Response.Status = 299;
            }

            return new(verdict);
        }

        public ValueTask OnResponseAsync(Exchange exchange)
        {
            calls.Add("<" + name);
            return default;
        }
    }

    private sealed class Broken(bool isOnRequest) : IRequestModule, IResponseModule
    {
        public ValueTask<Verdict> OnRequestAsync(Exchange exchange) =>
            isOnRequest ? throw new InvalidOperationException("broken") : new(Verdict.Continue);

        public ValueTask OnResponseAsync(Exchange exchange) =>
            isOnRequest ? default : throw new InvalidOperationException("broken");
    }

    private sealed class Waiting : IRequestModule, IResponseModule
    {
        public async ValueTask<Verdict> OnRequestAsync(Exchange exchange)
        {
            await exchange.Loop.YieldAsync();
            if (exchange.Request.Path.SequenceEqual("/slow"u8))
            {
                await exchange.Loop.DelayAsync(500);
            }

            return Verdict.Continue;
        }

        public async ValueTask OnResponseAsync(Exchange exchange)
        {
            if (exchange.Request.Path.SequenceEqual("/slow"u8))
            {
                await exchange.Loop.DelayAsync(500);
            }
        }
    }
}
