using Weir.Abstractions.Errors;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Origins;

/// <summary>Proves how requests spread over servers, and that servers which fail are left out for a while.</summary>
public sealed class BalanceTests
{
    [Fact]
    public void Round_robin_follows_the_weights()
    {
        Spread("round_robin", 400).ShouldBe([100, 300]);
    }

    [Fact]
    public void P2c_without_load_follows_the_weights_roughly()
    {
        int[] spread = Spread("p2c", 400);
        spread[0].ShouldBeInRange(60, 140);
        spread.Sum().ShouldBe(400);
    }

    [Fact]
    public void P2c_spreads_what_is_in_flight()
    {
        using Proxy proxy = new(Servers("p2c", 1));
        for (int i = 0; i < 200; i++)
        {
            proxy.Connect().SendHead("GET / HTTP/1.1", "Host: a.test");
        }

        int first = proxy.ServerAt("10.0.0.1:80").Connections.Count;
        first.ShouldBeInRange(80, 120);
        foreach (OriginServer server in proxy.Servers)
        {
            foreach (Peer origin in server.Connections)
            {
                origin.Answer(proxy, "x");
            }
        }

        proxy.AssertClean();
    }

    [Fact]
    public void A_server_that_keeps_failing_is_left_out_and_comes_back()
    {
        using Proxy proxy = new(Servers("round_robin", 1));
        OriginServer bad = proxy.ServerAt("10.0.0.1:80");
        OriginServer good = proxy.ServerAt("10.0.0.2:80");
        int asked = 0;
        bad.OnConnect = connection =>
        {
            asked++;
            connection.PeerEnd();
        };
        Peer client = proxy.Connect();
        for (int i = 0; i < 40; i++)
        {
            client.SendHead("GET / HTTP/1.1", "Host: a.test");
            good.Take();
            good.Answer(proxy, "x");
            client.TakeResponse().Status.ShouldBe(200);
        }

        asked.ShouldBe(5);
        proxy.Advance(31_000);
        bad.OnConnect = null;
        for (int i = 0; i < 4; i++)
        {
            client.SendHead("GET / HTTP/1.1", "Host: a.test");
            OriginServer taken = good.Last.Received.Length > 0 ? good : bad;
            taken.Take();
            taken.Answer(proxy, "x");
            client.TakeResponse().Status.ShouldBe(200);
        }

        bad.Connections.Count.ShouldBe(6);
        proxy.AssertClean();
    }

    [Fact]
    public void A_backup_serves_when_no_other_server_may()
    {
        using Proxy proxy = new("""
            listen: [":8080"]
            upstreams:
              app:
                servers: ["http://10.0.0.1:80", { url: "http://10.0.0.2:80", backup: true }]
            sites:
              "*": { routes: [{ to: app }] }
            """);
        proxy.ServerAt("10.0.0.1:80").Refusal = ProxyErrors.ConnectRefused;
        OriginServer backup = proxy.ServerAt("10.0.0.2:80");
        Peer client = proxy.Connect();
        for (int i = 0; i < 6; i++)
        {
            client.SendHead("GET / HTTP/1.1", "Host: a.test");
            backup.Take();
            backup.Answer(proxy, "x");
            client.TakeResponse().Status.ShouldBe(200);
        }

        proxy.Ended.Retries.ShouldBe(0);
        proxy.AssertClean();
    }

    private static string Servers(string balance, int weight) => $$"""
        listen: [":8080"]
        upstreams:
          app:
            servers: ["http://10.0.0.1:80", { url: "http://10.0.0.2:80", weight: {{weight}} }]
            balance: {{balance}}
        sites:
          "*": { routes: [{ to: app }] }
        """;

    private static int[] Spread(string balance, int requests)
    {
        using Proxy proxy = new(Servers(balance, 3));
        OriginServer[] servers = [.. proxy.Servers];
        int[] counts = new int[servers.Length];
        Peer client = proxy.Connect();
        for (int i = 0; i < requests; i++)
        {
            client.SendHead("GET / HTTP/1.1", "Host: a.test");
            int taken = Array.FindIndex(servers, server => server.Connections.Count > 0 && server.Last.Received.Length > 0);
            counts[taken]++;
            servers[taken].Take();
            servers[taken].Answer(proxy, "x");
            client.TakeResponse().Status.ShouldBe(200);
        }

        proxy.AssertClean();
        return counts;
    }
}
