using Weir.Abstractions.Errors;
using Weir.InMemory.Tests.Harness;
using Weir.Pipeline.Balancing;
using Weir.Telemetry.Counting;

namespace Weir.InMemory.Tests.Limits;

/// <summary>
/// Proves that a server is never given more than its limits, that who must wait waits in order, and who may not is told so.
/// </summary>
public sealed class ServerLimitTests
{
    private const string TwoOfOne = """
        listen: [":8080"]
        upstreams:
          app:
            servers: ["http://10.0.0.1:80"]
            limits: { requests: 2, queue: 3, queue_timeout: 2s }
        sites:
          "*": { routes: [{ to: app }] }
        """;

    private const string OneOfEach = """
        listen: [":8080"]
        upstreams:
          app:
            servers: ["http://10.0.0.1:80", "http://10.0.0.2:80"]
            limits: { requests: 1, queue: 4, queue_timeout: 2s }
        sites:
          "*": { routes: [{ to: app }] }
        """;

    [Fact]
    public void What_exceeds_the_limit_waits_and_is_served_in_order()
    {
        using Proxy proxy = new(TwoOfOne);
        Peer[] clients = [.. Enumerable.Range(0, 5).Select(i => Ask(proxy, i))];
        Asked(proxy).ShouldBe([0, 1]);
        proxy.Upstream("app").Queue.WaitingCount.ShouldBe(3);
        for (int i = 0; i < 5; i++)
        {
            Peer origin = OriginOf(proxy, i);
            origin.Answer(proxy, "to " + i);
            clients[i].TakeResponse().Body.ShouldBe("to " + i);
            InFlight(proxy).ShouldBeLessThanOrEqualTo(2);
            Asked(proxy).ShouldBe(Enumerable.Range(0, Math.Min(i + 3, 5)));
        }

        proxy.Counters.Total(Counter.QueueWaits).ShouldBe(3);
        proxy.Origin.Connections.Count.ShouldBe(2);
        proxy.AssertClean();
    }

    [Fact]
    public void Beyond_the_queue_the_client_is_told_to_come_back()
    {
        using Proxy proxy = new(TwoOfOne);
        Peer[] clients = [.. Enumerable.Range(0, 6).Select(i => Ask(proxy, i))];
        Message response = clients[5].TakeResponse();
        response.Status.ShouldBe(503);
        response["Retry-After"].ShouldNotBeNull();
        response["Proxy-Status"]!.ShouldContain("connection_limit_reached");
        proxy.Ended.Error.ShouldBe("queue_full");
        clients[4].ExpectNothing();
        proxy.AssertClean();
    }

    [Fact]
    public void Who_waits_longer_than_the_queue_allows_is_told_so()
    {
        using Proxy proxy = new(TwoOfOne);
        Peer[] clients = [.. Enumerable.Range(0, 3).Select(i => Ask(proxy, i))];
        proxy.Advance(1_900, 50);
        clients[2].ExpectNothing();
        proxy.Advance(200, 50);
        Message response = clients[2].TakeResponse();
        response.Status.ShouldBe(503);
        response["Proxy-Status"]!.ShouldContain("connection_limit_reached");
        proxy.Ended.Error.ShouldBe("queue_timeout");
        proxy.Counters.Total(Counter.TimeoutQueue).ShouldBe(1);
        OriginOf(proxy, 0).Answer(proxy, "late");
        clients[0].TakeResponse().Status.ShouldBe(200);
        Asked(proxy).ShouldBe([0, 1]);
        proxy.AssertClean();
    }

    [Fact]
    public void A_client_that_goes_away_leaves_the_queue_at_once()
    {
        using Proxy proxy = new(TwoOfOne);
        Peer[] clients = [.. Enumerable.Range(0, 5).Select(i => Ask(proxy, i))];
        clients[3].Reset();
        clients[3].IsClosed.ShouldBeTrue();
        proxy.Upstream("app").Queue.WaitingCount.ShouldBe(2);
        proxy.Ended.Error.ShouldBe("client_aborted");
        OriginOf(proxy, 0).Answer(proxy, "x");
        OriginOf(proxy, 1).Answer(proxy, "x");
        Asked(proxy).ShouldBe([0, 1, 2, 4]);
        proxy.AssertClean();
    }

    [Fact]
    public void A_client_that_goes_as_its_place_comes_free_gives_it_on()
    {
        using Proxy proxy = new(TwoOfOne);
        Peer[] clients = [.. Enumerable.Range(0, 4).Select(i => Ask(proxy, i))];
        clients[2].Connection.PeerReset();
        Peer origin = OriginOf(proxy, 0);
        origin.Connection.PeerSend("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8);
        proxy.Run();
        Asked(proxy).ShouldBe([0, 1, 3], ignoreOrder: true);
        InFlight(proxy).ShouldBe(2);
        proxy.AssertClean();
    }

    [Fact]
    public void A_server_with_room_is_taken_before_anybody_waits()
    {
        using Proxy proxy = new(OneOfEach);
        for (int round = 0; round < 20; round++)
        {
            Peer first = Ask(proxy, (2 * round) + 100);
            Peer second = Ask(proxy, (2 * round) + 101);
            proxy.Upstream("app").Queue.WaitingCount.ShouldBe(0);
            proxy.Upstream("app").Servers.ShouldAllBe(server => server.Limit.InFlight == 1);
            OriginOf(proxy, (2 * round) + 100).Answer(proxy, "a");
            OriginOf(proxy, (2 * round) + 101).Answer(proxy, "b");
            first.TakeResponse().Body.ShouldBe("a");
            second.TakeResponse().Body.ShouldBe("b");
        }

        proxy.AssertClean();
    }

    [Fact]
    public void A_full_primary_does_not_send_requests_to_the_backup()
    {
        using Proxy proxy = new("""
            listen: [":8080"]
            upstreams:
              app:
                servers: ["http://10.0.0.1:80", { url: "http://10.0.0.2:80", backup: true }]
                limits: { requests: 1 }
            sites:
              "*": { routes: [{ to: app }] }
            """);
        Ask(proxy, 0);
        Peer second = Ask(proxy, 1);
        proxy.ServerAt("10.0.0.2:80").Connections.ShouldBeEmpty();
        OriginOf(proxy, 0).Answer(proxy, "x");
        OriginOf(proxy, 1).Answer(proxy, "y");
        second.TakeResponse().Body.ShouldBe("y");
        proxy.AssertClean();
    }

    [Fact]
    public void Who_waits_is_placed_when_a_server_comes_back()
    {
        using Proxy proxy = new(OneOfEach);
        ServerState second = proxy.Upstream("app").Servers[1];
        second.SetAdminState(AdminState.Down, proxy.Loop.NowMs);
        Ask(proxy, 0);
        Ask(proxy, 1);
        Asked(proxy).ShouldBe([0]);
        second.SetAdminState(AdminState.Ready, proxy.Loop.NowMs);
        proxy.Advance(100, 20);
        Asked(proxy).ShouldBe([0, 1]);
        proxy.AssertClean();
    }

    [Fact]
    public void A_place_at_a_server_that_is_down_is_given_to_nobody()
    {
        using Proxy proxy = new(OneOfEach);
        Ask(proxy, 0);
        Ask(proxy, 1);
        Peer third = Ask(proxy, 2);
        ServerState down = proxy.Upstream("app").Servers[0];
        down.SetAdminState(AdminState.Down, proxy.Loop.NowMs);
        Peer origin = proxy.ServerAt("10.0.0.1:80").Last;
        origin.Answer(proxy, "x");
        third.ExpectNothing();
        down.Limit.InFlight.ShouldBe(0);
        proxy.ServerAt("10.0.0.2:80").Last.Answer(proxy, "y");
        proxy.ServerAt("10.0.0.2:80").Last.Answer(proxy, "z");
        third.TakeResponse().Body.ShouldBe("z");
        proxy.AssertClean();
    }

    [Fact]
    public void A_failed_try_gives_its_place_to_who_waits_and_queues_for_another_server()
    {
        using Proxy proxy = new(TwoOfOne.Replace("queue_timeout: 2s", "queue_timeout: 30s", StringComparison.Ordinal));
        Peer[] clients = [.. Enumerable.Range(0, 3).Select(i => Ask(proxy, i))];
        OriginOf(proxy, 0).Reset();
        proxy.Run();
        clients[0].TakeResponse().Status.ShouldBe(502);
        Asked(proxy).ShouldBe([0, 1, 2]);
        InFlight(proxy).ShouldBe(2);
        proxy.AssertClean();
    }

    [Fact]
    public void A_connect_that_fails_holds_no_place()
    {
        using Proxy proxy = new(TwoOfOne);
        proxy.Origin.Refusal = ProxyErrors.ConnectRefused;
        for (int i = 0; i < 10; i++)
        {
            Ask(proxy, i).TakeResponse().Status.ShouldBe(502);
        }

        InFlight(proxy).ShouldBe(0);
        proxy.AssertClean();
    }

    [Fact]
    public void A_stale_pooled_connection_is_replaced_in_its_place()
    {
        using Proxy proxy = new(TwoOfOne.Replace("requests: 2", "requests: 1", StringComparison.Ordinal));
        Peer client = Ask(proxy, 0);
        OriginOf(proxy, 0).Answer(proxy, "x");
        client.TakeResponse();
        proxy.Origin.Last.Connection.PeerReset();
        client.SendHead("GET /1 HTTP/1.1", "Host: a.test");
        OriginOf(proxy, 1).Answer(proxy, "y");
        client.TakeResponse().Body.ShouldBe("y");
        proxy.AssertClean();
    }

    [Fact]
    public void Connections_are_limited_idle_ones_included()
    {
        using Proxy proxy = new("""
            listen: [":8080"]
            upstreams:
              app:
                servers: ["http://10.0.0.1:80"]
                limits: { connections: 2 }
            sites:
              "*": { routes: [{ to: app }] }
            """);
        Peer[] clients = [.. Enumerable.Range(0, 4).Select(i => Ask(proxy, i))];
        proxy.Upstream("app").Servers[0].Slots.Open.ShouldBe(2);
        for (int i = 0; i < 4; i++)
        {
            OriginOf(proxy, i).Answer(proxy, "x");
            clients[i].TakeResponse().Status.ShouldBe(200);
            proxy.Origin.Connections.Count(connection => !connection.IsClosed).ShouldBeLessThanOrEqualTo(2);
        }

        proxy.Upstream("app").Servers[0].Slots.Open.ShouldBe(2);
        proxy.AssertClean();
    }

    [Fact]
    public void A_limit_that_a_reload_brings_counts_the_connections_that_are_open_already()
    {
        using Proxy proxy = new();
        Peer[] clients = [.. Enumerable.Range(0, 4).Select(i => Ask(proxy, i))];
        ServerState server = proxy.OnlyUpstream.Servers[0];
        server.Slots.Open.ShouldBe(4);
        server.PoolOf(0).Limits = server.PoolOf(0).Limits with { Connections = 2 };
        Ask(proxy, 4);
        proxy.Origin.Connections.Count.ShouldBe(4);
        for (int i = 0; i < 5; i++)
        {
            OriginOf(proxy, i).Answer(proxy, "x");
            if (i < 4)
            {
                clients[i].TakeResponse().Status.ShouldBe(200);
            }
        }

        server.Slots.Open.ShouldBeLessThanOrEqualTo(2);
        proxy.Origin.Connections.Count(connection => !connection.IsClosed).ShouldBe(server.Slots.Open);
        proxy.AssertClean();
    }

    [Fact]
    public void A_tunnel_holds_its_place_until_it_ends()
    {
        using Proxy proxy = new(TwoOfOne.Replace("requests: 2", "requests: 1", StringComparison.Ordinal));
        Peer client = proxy.Connect();
        client.SendHead("GET /0 HTTP/1.1", "Host: a.test", "Connection: upgrade", "Upgrade: websocket",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
        proxy.Origin.Last.SendHead("HTTP/1.1 101 Switching Protocols", "Connection: upgrade", "Upgrade: websocket");
        proxy.Run();
        Ask(proxy, 1);
        Asked(proxy).ShouldBe([0]);
        client.End();
        proxy.Origin.Last.End();
        proxy.Run();
        Asked(proxy).ShouldBe([0, 1]);
        proxy.AssertClean();
    }

    [Fact]
    public void Waiting_allocates_nothing_once_it_is_warm()
    {
        using Proxy proxy = new(TwoOfOne.Replace("queue: 3", "queue: 100", StringComparison.Ordinal));
        Peer[] clients = [.. Enumerable.Range(0, 32).Select(_ => proxy.Connect())];
        long least = long.MaxValue;
        for (int round = 0; round < 60; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Round(proxy, clients);
            least = round < 30 ? least : Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        proxy.Counters.Total(Counter.QueueWaits).ShouldBe(60 * 30);
        if (Budgets.AllocationTests.IsOptimised)
        {
            least.ShouldBe(0);
        }

        proxy.AssertClean();
    }

    private static void Round(Proxy proxy, Peer[] clients)
    {
        foreach (Peer client in clients)
        {
            client.Connection.ClearSent();
            client.Connection.PeerSend("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"u8);
        }

        proxy.Loop.RunUntilIdle();
        IReadOnlyList<Peer> origins = proxy.Origin.Connections;
        for (int i = 0; i < clients.Length; i++)
        {
            for (int j = 0; j < origins.Count; j++)
            {
                if (origins[j].Connection.Sent.Length > 0)
                {
                    origins[j].Connection.ClearSent();
                    origins[j].Connection.PeerSend("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8);
                }
            }

            proxy.Loop.RunUntilIdle();
        }

        foreach (Peer client in clients)
        {
            client.Connection.Sent.StartsWith("HTTP/1.1 200"u8).ShouldBeTrue();
        }
    }

    private static Peer Ask(Proxy proxy, int number)
    {
        Peer client = proxy.Connect();
        client.SendHead($"GET /{number} HTTP/1.1", "Host: a.test");
        return client;
    }

    private static int InFlight(Proxy proxy) => proxy.Upstream("app").Servers.Sum(server => server.Limit.InFlight);

    // What origins have been asked, in the order of arrival at each.
    private static IEnumerable<int> Asked(Proxy proxy) =>
        proxy.Servers.SelectMany(server => server.Connections).SelectMany(Numbers).Order();

    private static Peer OriginOf(Proxy proxy, int number) =>
        proxy.Servers.SelectMany(server => server.Connections).Single(connection => Numbers(connection).Contains(number));

    private static IEnumerable<int> Numbers(Peer origin) => System.Text.RegularExpressions.Regex
        .Matches(origin.Received, "GET /([0-9]+) ").Select(match => int.Parse(match.Groups[1].ValueSpan));
}
