using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.InMemory.Tests.Harness;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.InMemory.Tests.Limits;

/// <summary>What is turned away when there is too much to do, in which order, and what is not.</summary>
public sealed class OverloadTests
{
    private const string Priorities = """
        listen: [":8080"]
        trusted_proxies: [198.51.100.0/24]
        sites:
          a.test:
            routes:
              - { path: /reports/*, priority: low, to: http://10.0.0.1:80 }
              - { to: http://10.0.0.1:80 }
          low.test:
            priority: low
            routes:
              - { path: /health, priority: normal, to: http://10.0.0.1:80 }
              - { to: http://10.0.0.1:80 }
          only.test: { to: http://10.0.0.1:80, priority: low }
        """;

    private const uint Crowd = 0xCB007100;
    private const uint Neighbour = 0xC0000201;

    [Theory]
    [InlineData("a.test", "/reports/1", 503)]
    [InlineData("a.test", "/", 200)]
    [InlineData("low.test", "/", 503)]
    [InlineData("low.test", "/health", 200)]
    [InlineData("only.test", "/", 503)]
    public void Requests_of_low_priority_are_refused_at_the_second_level_only(string host, string path, int status)
    {
        using Proxy proxy = new(Priorities);
        proxy.Overload.Set(LoadLevel.HeavyClients, 4);
        Ask(proxy, host, path).Status.ShouldBe(200);
        proxy.Overload.Set(LoadLevel.LowPriority, 4);
        Ask(proxy, host, path).Status.ShouldBe(status);
        proxy.Overload.Set(LoadLevel.Normal, 1);
        Ask(proxy, host, path).Status.ShouldBe(200);
        proxy.AssertClean();
    }

    [Fact]
    public void Who_is_refused_learns_when_to_come_again_and_why()
    {
        using Proxy proxy = new(Priorities);
        proxy.Overload.Set(LoadLevel.LowPriority, 4);
        Message response = Ask(proxy, "only.test", "/");
        response.Status.ShouldBe(503);
        response["Retry-After"].ShouldBe("5");
        response["Proxy-Status"].ShouldBe("weir;error=http_request_denied");
        proxy.Counters.Total(CounterFamily.ProxyErrors, ProxyErrors.Overloaded.Index).ShouldBe(1);
        proxy.AssertClean();
    }

    [Fact]
    public void New_connections_from_where_most_come_are_refused_and_nobody_elses()
    {
        using Proxy proxy = new(Priorities);
        Peer kept = proxy.Connect(Crowd);
        Gather(proxy, 100);
        proxy.Overload.Set(LoadLevel.HeavyClients, 4);

        Peer refused = proxy.Connect(Crowd + 77);
        string text = refused.Received;
        text.ShouldStartWith("HTTP/1.1 503 ");
        text.ShouldContain("Retry-After: 5\r\n");
        text.ShouldContain("Proxy-Status: weir;error=connection_limit_reached\r\n");
        proxy.Counters.Total(Counter.ConnectionsRefusedOverload).ShouldBe(1);
        proxy.Events.CountOf(OperatorEvents.HeavyClientRefused).ShouldBe(1);

        Ask(proxy, "a.test", "/", Neighbour).Status.ShouldBe(200);
        Ask(proxy, "a.test", "/", kept).Status.ShouldBe(200);

        proxy.Overload.Set(LoadLevel.Normal, 1);
        Ask(proxy, "a.test", "/", Crowd + 77).Status.ShouldBe(200);
        proxy.AssertClean();
    }

    [Fact]
    public void Proxies_in_front_are_never_the_heaviest()
    {
        using Proxy proxy = new(Priorities);
        for (int i = 0; i < 100; i++)
        {
            proxy.Connect(0xC6336401);
        }

        proxy.Overload.Set(LoadLevel.HeavyClients, 4);
        Ask(proxy, "a.test", "/", 0xC6336401).Status.ShouldBe(200);
        proxy.AssertClean();
    }

    [Fact]
    public void Smaller_crowds_are_turned_away_as_the_share_shrinks()
    {
        using Proxy proxy = new(Priorities);
        Gather(proxy, 60);
        for (uint i = 0; i < 400; i++)
        {
            proxy.Connect(0x0A000000 + (i << 8));
        }

        proxy.Overload.Set(LoadLevel.HeavyClients, 4);
        Ask(proxy, "a.test", "/", Crowd + 1).Status.ShouldBe(200);
        proxy.Overload.Set(LoadLevel.HeavyClients, 16);
        proxy.Connect(Crowd + 1).Received.ShouldStartWith("HTTP/1.1 503 ");
        Ask(proxy, "a.test", "/", Neighbour).Status.ShouldBe(200);
        proxy.AssertClean();
    }

    private static void Gather(Proxy proxy, int count)
    {
        for (int i = 0; i < count; i++)
        {
            proxy.Connect(Crowd + (uint)(i % 250));
        }
    }

    private static Message Ask(Proxy proxy, string host, string path, uint address = Neighbour) =>
        Ask(proxy, host, path, proxy.Connect(address));

    private static Message Ask(Proxy proxy, string host, string path, Peer client)
    {
        client.SendHead($"GET {path} HTTP/1.1", $"Host: {host}");
        if (client.Received.Length == 0)
        {
            proxy.Origin.Last.Answer(proxy, "");
        }

        return client.TakeResponse();
    }
}
