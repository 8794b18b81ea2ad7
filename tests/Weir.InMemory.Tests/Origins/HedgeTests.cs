using Weir.Abstractions.Errors;
using Weir.InMemory.Tests.Harness;
using Weir.Telemetry.Counting;

namespace Weir.InMemory.Tests.Origins;

/// <summary>Proves who wins when a slow server's request goes to a second one too, and that the loser leaves nothing behind.</summary>
public sealed class HedgeTests
{
    private const string Hedged = """
        listen: [":8080"]
        upstreams:
          app:
            servers: ["http://10.0.0.1:80", "http://10.0.0.2:80"]
            balance: round_robin
            retry: { hedge: { after: 100ms } }
        sites:
          "*": { routes: [{ to: app }] }
        """;

    [Fact]
    public void A_slow_server_loses_to_the_second_one()
    {
        using Proxy proxy = new(Hedged);
        (Peer client, OriginServer first, OriginServer second) = Ask(proxy);
        second.Connections.ShouldBeEmpty();
        proxy.Ended.IsHedged.ShouldBeFalse();
        proxy.Advance(120, 20);
        second.Take().StartLine.ShouldStartWith("GET / ");
        second.Answer(proxy, "quick");
        client.TakeResponse().Body.ShouldBe("quick");
        first.Last.IsClosed.ShouldBeTrue();
        proxy.Ended.ServerName.ShouldBe(NameOf(proxy, second));
        proxy.Ended.Retries.ShouldBe(1);
        proxy.Ended.IsHedged.ShouldBeTrue();
        proxy.Counters.Total(Counter.Hedges).ShouldBe(1);
        proxy.Counters.Total(Counter.HedgesWon).ShouldBe(1);
        proxy.Upstream("app").Servers.ShouldAllBe(server => server.TallyOf(0).Requests == 1 && server.TallyOf(0).LatencyNs > 0);
        proxy.AssertClean();
    }

    [Fact]
    public void The_first_server_may_still_win()
    {
        using Proxy proxy = new(Hedged);
        (Peer client, OriginServer first, OriginServer second) = Ask(proxy);
        proxy.Advance(120, 20);
        second.Take();
        first.Take();
        first.Answer(proxy, "late");
        client.TakeResponse().Body.ShouldBe("late");
        second.Last.IsClosed.ShouldBeTrue();
        proxy.Ended.ServerName.ShouldBe(NameOf(proxy, first));
        proxy.Counters.Total(Counter.HedgesWon).ShouldBe(0);
        proxy.Upstream("app").Servers.ShouldAllBe(server => server.TallyOf(0).Requests == 1);
        proxy.AssertClean();
    }

    [Fact]
    public void A_quick_answer_asks_nobody_else()
    {
        using Proxy proxy = new(Hedged);
        (Peer client, OriginServer first, OriginServer second) = Ask(proxy);
        proxy.Advance(80, 20);
        first.Answer(proxy, "quick");
        client.TakeResponse().Body.ShouldBe("quick");
        proxy.Advance(1_000, 20);
        second.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Both_may_answer_in_the_same_turn(bool isFirstEarlier)
    {
        using Proxy proxy = new(Hedged);
        (Peer client, OriginServer first, OriginServer second) = Ask(proxy);
        proxy.Advance(120, 20);
        OriginServer[] both = isFirstEarlier ? [first, second] : [second, first];
        foreach (OriginServer server in both)
        {
            server.Last.Connection.PeerSend("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8);
        }

        proxy.Run();
        client.TakeResponse().Body.ShouldBe("ok");
        client.ExpectNothing();
        proxy.Ended.Count.ShouldBe(1);
        proxy.AssertClean();
    }

    [Fact]
    public void A_first_server_that_resets_after_the_hedge_leaves_the_second_one()
    {
        using Proxy proxy = new(Hedged);
        (Peer client, OriginServer first, OriginServer second) = Ask(proxy);
        proxy.Advance(120, 20);
        first.Last.Reset();
        proxy.Run();
        client.ExpectNothing();
        second.Answer(proxy, "left");
        client.TakeResponse().Body.ShouldBe("left");
        proxy.AssertClean();
    }

    [Fact]
    public void A_second_server_that_fails_leaves_the_first_one()
    {
        using Proxy proxy = new(Hedged);
        (Peer client, OriginServer first, OriginServer second) = Ask(proxy);
        proxy.Advance(120, 20);
        second.Last.Reset();
        proxy.Run();
        client.ExpectNothing();
        first.Answer(proxy, "late");
        client.TakeResponse().Body.ShouldBe("late");
        proxy.AssertClean();
    }

    [Fact]
    public void A_second_server_that_refuses_leaves_the_first_one()
    {
        using Proxy proxy = new(Hedged);
        (Peer client, OriginServer first, OriginServer second) = Ask(proxy);
        second.Refusal = ProxyErrors.ConnectRefused;
        proxy.Advance(120, 20);
        first.Answer(proxy, "late");
        client.TakeResponse().Body.ShouldBe("late");
        proxy.AssertClean();
    }

    [Fact]
    public void An_answer_that_would_be_tried_again_wins_no_race()
    {
        using Proxy proxy = new(Hedged.Replace("retry: {", "retry: { on: [503],", StringComparison.Ordinal));
        (Peer client, OriginServer first, OriginServer second) = Ask(proxy);
        proxy.Advance(120, 20);
        second.Answer(proxy, "busy", "HTTP/1.1 503 Service Unavailable");
        client.ExpectNothing();
        first.Answer(proxy, "late");
        client.TakeResponse().Body.ShouldBe("late");
        proxy.AssertClean();
    }

    [Fact]
    public void When_both_fail_the_client_is_told_once()
    {
        using Proxy proxy = new(Hedged);
        (Peer client, OriginServer first, OriginServer second) = Ask(proxy);
        proxy.Advance(120, 20);
        first.Last.Reset();
        second.Last.Reset();
        proxy.Run();
        client.TakeResponse().Status.ShouldBe(502);
        client.ExpectNothing();
        proxy.AssertClean();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_client_that_goes_while_both_are_asked_ends_both(int stage)
    {
        using Proxy proxy = new(Hedged);
        (Peer client, OriginServer first, OriginServer second) = Ask(proxy);
        second.IsSilent = stage == 0;
        proxy.Advance(120, 20);
        if (stage == 2)
        {
            first.Last.Reset();
            proxy.Run();
        }

        client.Reset();
        first.Last.IsClosed.ShouldBeTrue();
        (stage == 0 || second.Last.IsClosed).ShouldBeTrue();
        proxy.Ended.Error.ShouldBe("client_aborted");
        proxy.AssertClean();
    }

    [Fact]
    public void A_second_server_that_is_still_connecting_does_not_hold_up_the_answer()
    {
        using Proxy proxy = new(Hedged);
        (Peer client, OriginServer first, OriginServer second) = Ask(proxy);
        second.IsSilent = true;
        proxy.Advance(120, 20);
        first.Answer(proxy, "late");
        client.TakeResponse().Body.ShouldBe("late");
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("POST", "Content-Length: 0")]
    [InlineData("PATCH", "Content-Length: 0")]
    [InlineData("PUT", "Content-Length: 3")]
    public void What_is_not_idempotent_or_has_content_is_asked_once(string method, string length)
    {
        using Proxy proxy = new(Hedged);
        Peer client = proxy.Connect();
        client.SendHead(method + " / HTTP/1.1", "Host: a.test", length);
        client.Send(length.EndsWith('3') ? "abc" : "");
        proxy.Advance(1_000, 20);
        proxy.Servers.Sum(server => server.Connections.Count).ShouldBe(1);
        proxy.AssertClean();
    }

    [Fact]
    public void An_interim_answer_is_an_answer()
    {
        using Proxy proxy = new(Hedged);
        (Peer client, OriginServer first, OriginServer second) = Ask(proxy);
        first.Last.SendHead("HTTP/1.1 103 Early Hints", "Link: </a>");
        proxy.Run();
        proxy.Advance(1_000, 20);
        second.Connections.ShouldBeEmpty();
        first.Answer(proxy, "x");
        client.TakeResponse().Status.ShouldBe(103);
        client.TakeResponse().Body.ShouldBe("x");
        proxy.AssertClean();
    }

    [Fact]
    public void The_second_servers_interim_answer_is_passed_on_and_decides()
    {
        using Proxy proxy = new(Hedged);
        (Peer client, OriginServer first, OriginServer second) = Ask(proxy);
        proxy.Advance(120, 20);
        second.Last.SendHead("HTTP/1.1 103 Early Hints", "Link: </a>");
        proxy.Run();
        first.Last.IsClosed.ShouldBeTrue();
        client.TakeResponse().Status.ShouldBe(103);
        second.Answer(proxy, "x");
        client.TakeResponse().Body.ShouldBe("x");
        proxy.AssertClean();
    }

    [Fact]
    public void A_server_at_its_limit_is_not_asked()
    {
        using Proxy proxy = new(Hedged.Replace("retry:", "limits: { requests: 1 }\n    retry:", StringComparison.Ordinal));
        (Peer client, OriginServer first, OriginServer second) = Ask(proxy);
        Peer other = proxy.Connect();
        other.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 0");
        second.Connections.Count.ShouldBe(1);
        proxy.Advance(200, 20);
        second.Connections.Count.ShouldBe(1);
        proxy.Counters.Total(Counter.Hedges).ShouldBe(0);
        first.Answer(proxy, "x");
        second.Answer(proxy, "y");
        client.TakeResponse().Body.ShouldBe("x");
        other.TakeResponse().Body.ShouldBe("y");
        proxy.AssertClean();
    }

    [Fact]
    public void Places_of_both_are_given_back()
    {
        using Proxy proxy = new(Hedged.Replace("retry:", "limits: { requests: 1 }\n    retry:", StringComparison.Ordinal));
        (Peer client, OriginServer first, OriginServer second) = Ask(proxy);
        proxy.Advance(120, 20);
        proxy.Upstream("app").Servers.ShouldAllBe(server => server.Limit.InFlight == 1);
        second.Answer(proxy, "x");
        client.TakeResponse().Body.ShouldBe("x");
        proxy.Upstream("app").Servers.ShouldAllBe(server => server.Limit.InFlight == 0);
        first.Last.IsClosed.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Fact]
    public void Hedges_end_when_the_retry_budget_is_spent()
    {
        using Proxy proxy = new(Hedged);
        for (int i = 0; i < 60; i++)
        {
            (Peer client, _, _) = Ask(proxy);
            proxy.Advance(120, 20);
            foreach (Peer origin in proxy.Servers.SelectMany(server => server.Connections).Where(origin => !origin.IsClosed).ToArray())
            {
                if (origin.TryTake(isResponse: false, isHead: false, out _))
                {
                    origin.Connection.PeerSend("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8);
                }
            }

            proxy.Run();
            client.TakeResponse().Status.ShouldBe(200);
        }

        proxy.Counters.Total(Counter.Hedges).ShouldBeInRange(10, 23);
        proxy.Counters.Total(Counter.RetriesOverBudget).ShouldBeGreaterThan(30);
        proxy.AssertClean();
    }

    private static (Peer Client, OriginServer First, OriginServer Second) Ask(Proxy proxy)
    {
        int[] before = [.. proxy.Servers.Select(server => server.Pool.ActiveCount)];
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        OriginServer first = proxy.Servers.Where((server, i) => server.Pool.ActiveCount > before[i]).Single();
        return (client, first, proxy.Servers.Single(server => server != first));
    }

    private static string NameOf(Proxy proxy, OriginServer server) =>
        proxy.ServerAt("10.0.0.1:80") == server ? "10.0.0.1:80" : "10.0.0.2:80";
}
