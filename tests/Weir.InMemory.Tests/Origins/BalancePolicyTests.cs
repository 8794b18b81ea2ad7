using System.Globalization;
using Weir.InMemory.Tests.Harness;
using Weir.Pipeline.Balancing;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.InMemory.Tests.Origins;

/// <summary>Proves each balancing policy on the whole way of a request, backups, panic and slow start.</summary>
public sealed class BalancePolicyTests
{
    private static readonly string[] _three = ["http://10.0.0.1:80", "http://10.0.0.2:80", "{ url: \"http://10.0.0.3:80\", weight: 2 }"];

    [Theory]
    [InlineData("p2c")]
    [InlineData("round_robin")]
    [InlineData("least_requests")]
    [InlineData("random")]
    [InlineData("latency")]
    [InlineData("{ hash: uri }")]
    public void Requests_follow_the_weights(string balance)
    {
        using Proxy proxy = new(BalanceTalk.Servers("balance: " + balance, _three));
        Peer client = proxy.Connect();
        int[] spread = proxy.Spread(client, 800, i => "/" + i.ToString(CultureInfo.InvariantCulture));
        spread[0].ShouldBeInRange(130, 270, balance);
        spread[1].ShouldBeInRange(130, 270, balance);
        spread[2].ShouldBeInRange(330, 470, balance);
        proxy.AssertClean();
    }

    [Fact]
    public void Least_requests_spreads_what_is_in_flight_evenly()
    {
        using Proxy proxy = new(BalanceTalk.Servers("balance: least_requests", _three));
        for (int i = 0; i < 40; i++)
        {
            proxy.Connect().SendHead("GET / HTTP/1.1", "Host: a.test");
        }

        proxy.Servers.Select(server => server.Connections.Count).ShouldBe([10, 10, 20]);
        foreach (Peer origin in proxy.Servers.SelectMany(server => server.Connections))
        {
            origin.Answer(proxy, "x");
        }

        proxy.AssertClean();
    }

    [Fact]
    public void Latency_prefers_the_server_that_answers_sooner()
    {
        using Proxy proxy = new(BalanceTalk.Servers("balance: latency", "http://10.0.0.1:80", "http://10.0.0.2:80"));
        Peer client = proxy.Connect();
        int fast = 0;
        for (int i = 0; i < 50; i++)
        {
            client.SendHead("GET / HTTP/1.1", "Host: a.test");
            bool isFast = proxy.ServerAt("10.0.0.2:80") is { Connections.Count: > 0 } second && second.Last.Received.Length > 0;
            OriginServer taken = proxy.ServerAt(isFast ? "10.0.0.2:80" : "10.0.0.1:80");
            proxy.Advance(isFast ? 2 : 40, 2);
            taken.Take();
            taken.Answer(proxy, "x");
            client.TakeResponse().Status.ShouldBe(200);
            fast += isFast ? 1 : 0;
        }

        fast.ShouldBeGreaterThan(45);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("cookie.user", "Cookie: a=b; user=")]
    [InlineData("header.X-User", "X-User: ")]
    public void A_user_stays_on_one_server(string key, string line)
    {
        using Proxy proxy = new(BalanceTalk.Servers($"balance: {{ hash: {key} }}", _three));
        Peer client = proxy.Connect();
        HashSet<string> used = [];
        for (int user = 0; user < 30; user++)
        {
            string named = line + user.ToString(CultureInfo.InvariantCulture);
            string server = proxy.Ask(client, "/", named).Server;
            proxy.Ask(client, "/other", named).Server.ShouldBe(server);
            used.Add(server);
        }

        used.Count.ShouldBe(3);
        proxy.AssertClean();
    }

    [Fact]
    public void A_client_stays_on_one_server_and_moves_on_when_it_falls_ill()
    {
        using Proxy proxy = new(BalanceTalk.Servers("balance: { hash: client_ip }", _three));
        Peer client = proxy.Connect();
        string server = proxy.Ask(client).Server;
        Enumerable.Range(0, 10).ShouldAllBe(_ => proxy.Ask(client, "/", "X: y").Server == server);
        ServerState ill = proxy.Upstream("app").Servers.Single(one => one.Name == server);
        ill.SetFailingChecks(true, proxy.Loop.NowMs);
        string next = proxy.Ask(client).Server;
        next.ShouldNotBe(server);
        proxy.Ask(client).Server.ShouldBe(next);
        ill.SetFailingChecks(false, proxy.Loop.NowMs);
        proxy.Ask(client).Server.ShouldBe(server);
        proxy.AssertClean();
    }

    [Fact]
    public void Backups_serve_while_all_others_fail_their_checks()
    {
        using Proxy proxy = new(BalanceTalk.Servers("balance: round_robin", "http://10.0.0.1:80", "http://10.0.0.2:80", "{ url: \"http://10.0.0.3:80\", backup: true }"));
        Peer client = proxy.Connect();
        proxy.Spread(client, 10).ShouldBe([5, 5, 0]);
        SetFailing(proxy, true, 0, 1);
        proxy.Spread(client, 10).ShouldBe([0, 0, 10]);
        SetFailing(proxy, false, 0);
        proxy.Spread(client, 10).ShouldBe([10, 0, 0]);
        proxy.Events.CountOf(OperatorEvents.Panic).ShouldBe(0);
        proxy.AssertClean();
    }

    [Fact]
    public void Panic_uses_all_servers_says_so_once_and_says_when_it_is_over()
    {
        using Proxy proxy = new(
            BalanceTalk.Servers("balance: round_robin", "http://10.0.0.1:80", "http://10.0.0.2:80", "http://10.0.0.3:80"));
        Peer client = proxy.Connect();
        SetFailing(proxy, true, 0, 2);
        proxy.Spread(client, 30).ShouldBe([10, 10, 10]);
        proxy.Upstream("app").IsPanicking.ShouldBeTrue();
        LogRecord told = proxy.Events.All.Single(record => record.Event == OperatorEvents.Panic);
        told.Values.Select(value => value.ToString()).ShouldBe(["app", "1", "3"]);
        proxy.Counters.Total(Counter.Panics).ShouldBe(1);
        proxy.Events.CountOf(OperatorEvents.PanicOver).ShouldBe(0);

        SetFailing(proxy, false, 2);
        proxy.Spread(client, 30).ShouldBe([0, 15, 15]);
        proxy.Upstream("app").IsPanicking.ShouldBeFalse();
        proxy.Events.CountOf(OperatorEvents.PanicOver).ShouldBe(1);
        proxy.AssertClean();
    }

    [Fact]
    public void Without_panic_nobody_asks_servers_that_fail()
    {
        using Proxy proxy = new(BalanceTalk.Servers("health: { panic: 0% }", "http://10.0.0.1:80", "http://10.0.0.2:80"));
        SetFailing(proxy, true, 0, 1);
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        client.TakeResponse().Status.ShouldBe(503);
        proxy.Servers.ShouldAllBe(server => server.Connections.Count == 0);
        proxy.AssertClean();
    }

    [Fact]
    public void A_drained_server_gets_nothing_and_begins_slowly_when_it_is_ready_again()
    {
        using Proxy proxy = new(
            BalanceTalk.Servers("balance: round_robin\n    slow_start: 20s", "http://10.0.0.1:80", "http://10.0.0.2:80"));
        Peer client = proxy.Connect();
        proxy.Spread(client, 10).ShouldBe([5, 5]);
        ServerState server = proxy.Upstream("app").Servers[0];
        server.SetAdminState(AdminState.Drain, proxy.Loop.NowMs);
        proxy.Spread(client, 10).ShouldBe([0, 10]);

        server.SetAdminState(AdminState.Ready, proxy.Loop.NowMs);
        proxy.Spread(client, 105)[0].ShouldBeInRange(4, 6);
        proxy.Advance(5_000);
        proxy.Spread(client, 100)[0].ShouldBeInRange(19, 21);
        proxy.Advance(5_000);
        proxy.Spread(client, 99)[0].ShouldBeInRange(32, 34);
        proxy.Advance(10_000);
        proxy.Spread(client, 100)[0].ShouldBeInRange(49, 51);
        proxy.AssertClean();
    }

    private static void SetFailing(Proxy proxy, bool isFailing, params int[] servers)
    {
        foreach (int server in servers)
        {
            proxy.Upstream("app").Servers[server].SetFailingChecks(isFailing, proxy.Loop.NowMs);
        }
    }
}
