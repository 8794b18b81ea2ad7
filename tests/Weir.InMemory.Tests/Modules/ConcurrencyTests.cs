using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Modules;

/// <summary>
/// Proves that `concurrency` lets no more through than it may, that who waits waits in a fair order, and that a place comes back once.
/// </summary>
public sealed partial class ConcurrencyTests
{
    private readonly List<int> _asked = [];

    [Fact]
    public void The_example_of_the_readme_does_what_it_says()
    {
        using Proxy proxy = new(ReadmeExample.Site("Concurrency"));
        for (int i = 0; i < 31; i++)
        {
            Ask(proxy, i);
        }

        // The client's own limit is ten, twenty more may wait, and one is too many.
        Asked(proxy).ShouldBe(Enumerable.Range(0, 10));
        proxy.Ended.Error.ShouldBe("too_many_at_once");
        Ask(proxy, 100, client: 2);
        Asked(proxy).ShouldContain(100);
        proxy.AssertClean();
    }

    [Fact]
    public void What_exceeds_the_limit_waits_and_is_served_in_order()
    {
        using Proxy proxy = new(Yaml("limit: 2, queue: 3"));
        Peer[] clients = [.. Enumerable.Range(0, 5).Select(i => Ask(proxy, i))];
        Asked(proxy).ShouldBe([0, 1]);
        for (int i = 0; i < 5; i++)
        {
            Answer(proxy, i, "to " + i);
            clients[i].TakeResponse().Body.ShouldBe("to " + i);
            Asked(proxy).ShouldBe(Enumerable.Range(0, Math.Min(i + 3, 5)));
        }

        proxy.AssertClean();
    }

    [Fact]
    public void Beyond_the_queue_of_the_route_it_is_503()
    {
        using Proxy proxy = new(Yaml("limit: 1, queue: 1, queue_total: 1, wait: 7s"));
        Peer[] clients = [.. Enumerable.Range(0, 3).Select(i => Ask(proxy, i))];
        Message refusal = clients[2].TakeResponse();
        refusal.Status.ShouldBe(503);
        refusal["Retry-After"].ShouldBe("7");
        refusal["Proxy-Status"]!.ShouldContain("connection_limit_reached");
        proxy.Ended.Error.ShouldBe("concurrency_full");
        proxy.Ended.ErrorDetail.ShouldBe("concurrency: the queue is full");
        Texts(proxy).ShouldContain(text => text.Contains(" 1 requests were refused so far", StringComparison.Ordinal)
            && text.Contains("(limit, queue, queue_total, wait)", StringComparison.Ordinal));
        clients[1].ExpectNothing();
        proxy.AssertClean();
    }

    [Fact]
    public void Beyond_a_clients_own_limit_it_is_429_and_others_pass()
    {
        using Proxy proxy = new(Yaml("key: client_ip, limit: 1, queue: 0"));
        Ask(proxy, 0, client: 1);
        Message refusal = Ask(proxy, 1, client: 1).TakeResponse();
        refusal.Status.ShouldBe(429);
        refusal["Retry-After"].ShouldBe("5");
        proxy.Ended.Error.ShouldBe("too_many_at_once");
        Ask(proxy, 2, client: 2).ExpectNothing();
        Asked(proxy).ShouldBe([0, 2]);
        proxy.AssertClean();
    }

    [Fact]
    public void A_client_of_many_requests_holds_up_nobody_but_itself()
    {
        using Proxy proxy = new(Yaml("key: client_ip, limit: 3, total: 3, queue: 50"));
        for (int i = 0; i < 20; i++)
        {
            Ask(proxy, i, client: 1);
        }

        Ask(proxy, 100, client: 2);
        Ask(proxy, 101, client: 2);
        Ask(proxy, 200, client: 3);
        Asked(proxy).ShouldBe([0, 1, 2]);
        for (int i = 0; i < 6; i++)
        {
            Answer(proxy, Asked(proxy)[i], "x");
        }

        // In turn: those who waited for nothing but a place in all, then the heavy one again, and so on.
        Asked(proxy).Skip(3).ShouldBe([100, 200, 3, 101, 4, 5]);
        proxy.AssertClean();
    }

    [Fact]
    public void Who_waits_longer_than_it_may_is_told_so()
    {
        using Proxy proxy = new(Yaml("key: client_ip, limit: 1, wait: 2s"));
        Peer first = Ask(proxy, 0, client: 1);
        Peer second = Ask(proxy, 1, client: 1);
        proxy.Advance(1_900, 50);
        second.ExpectNothing();
        proxy.Advance(400, 50);
        Message refusal = second.TakeResponse();
        refusal.Status.ShouldBe(429);
        refusal["Retry-After"].ShouldBe("2");
        proxy.Ended.ErrorDetail.ShouldBe("concurrency: the wait is over");
        Answer(proxy, 0, "late");
        first.TakeResponse().Status.ShouldBe(200);
        Asked(proxy).ShouldBe([0]);
        proxy.AssertClean();
    }

    [Fact]
    public void A_client_that_goes_away_leaves_the_queue_at_once()
    {
        using Proxy proxy = new(Yaml("limit: 1, queue: 3, queue_total: 3"));
        Peer[] clients = [.. Enumerable.Range(0, 4).Select(i => Ask(proxy, i))];
        clients[2].Reset();
        clients[2].IsClosed.ShouldBeTrue();
        proxy.Ended.Error.ShouldBe("client_aborted");
        Peer another = Ask(proxy, 4);
        another.ExpectNothing();
        foreach (int i in (int[])[0, 1, 3, 4])
        {
            Answer(proxy, i, "x");
        }

        Asked(proxy).ShouldBe([0, 1, 3, 4]);
        another.TakeResponse().Status.ShouldBe(200);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("answered")]
    [InlineData("client gone")]
    [InlineData("origin gone")]
    [InlineData("cut in the answer")]
    [InlineData("answered below")]
    public void A_place_comes_back_once_however_the_exchange_ends(string how)
    {
        using Proxy proxy = new(Yaml("limit: 1, queue: 5", how == "answered below" ? ", { respond: { status: 204 } }" : ""));
        for (int i = 0; i < 3; i++)
        {
            Peer client = Ask(proxy, i);
            if (how == "answered below")
            {
                client.TakeResponse().Status.ShouldBe(204);
                continue;
            }

            Peer origin = OriginOf(proxy, i);
            switch (how)
            {
                case "client gone":
                    client.Reset();
                    break;
                case "origin gone":
                    origin.Reset();
                    proxy.Run();
                    break;
                case "cut in the answer":
                    origin.Send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
                    origin.End();
                    break;
                default:
                    Answer(proxy, i);
                    break;
            }
        }

        if (how != "answered below")
        {
            // Exactly one place, not two.
            Ask(proxy, 10);
            Ask(proxy, 11).ExpectNothing();
            Asked(proxy).ShouldBe([0, 1, 2, 10]);
        }

        proxy.AssertClean();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_tunnel_keeps_its_place_unless_it_is_told_otherwise(bool holds)
    {
        using Proxy proxy = new(Yaml($"limit: 1, hold_tunnels: {(holds ? "true" : "false")}"));
        Peer client = proxy.Connect();
        client.SendHead("GET /0 HTTP/1.1", "Host: a.test", "Connection: Upgrade", "Upgrade: websocket",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13");
        Peer origin = proxy.Origin.Last;
        origin.TakeRequest();
        origin.SendSwitch();
        Ask(proxy, 1);
        Asked(proxy).ShouldBe(holds ? [0] : [0, 1]);
        client.End();
        origin.End();
        proxy.Run();
        Asked(proxy).ShouldBe([0, 1]);
        proxy.AssertClean();
    }

    [Fact]
    public void A_reload_that_changes_numbers_keeps_what_is_counted_and_who_waits()
    {
        using Proxy proxy = new(Yaml("key: client_ip, limit: 1"));
        Ask(proxy, 0, client: 1);
        Ask(proxy, 1, client: 1);
        proxy.Reload(Yaml("key: client_ip, limit: 2"));
        Asked(proxy).ShouldBe([0]);

        // The first request under the new numbers wakes whom they let in.
        Ask(proxy, 2, client: 1);
        Asked(proxy).ShouldBe([0, 1]);
        Answer(proxy, 0, "x");
        Asked(proxy).ShouldBe([0, 1, 2]);
        proxy.AssertClean();
    }

    [Fact]
    public void Below_a_cache_the_place_of_a_fetch_comes_back_too()
    {
        using Proxy proxy = new(Yaml("limit: 1, queue: 5").Replace("stack: [", "stack: [cache, ", StringComparison.Ordinal));
        for (int i = 0; i < 3; i++)
        {
            Ask(proxy, i);
            Ask(proxy, i + 100);
            Answer(proxy, i);
            Answer(proxy, i + 100);
        }

        Asked(proxy).ShouldBe([0, 100, 1, 101, 2, 102]);
        proxy.AssertClean();
    }

    [Fact]
    public void On_trial_nothing_waits()
    {
        using Proxy proxy = new(Yaml("limit: 1, queue: 0, dry_run: true"));
        Ask(proxy, 0);
        Ask(proxy, 1);
        Asked(proxy).ShouldBe([0, 1]);
        Texts(proxy).ShouldContain(
            text => text.Contains("dry_run: 1 requests would have waited or been refused so far", StringComparison.Ordinal));
        proxy.AssertClean();
    }

    [Fact]
    public void Without_limits_of_keys_they_still_take_turns()
    {
        using Proxy proxy = new(Yaml("key: header.X-Tenant, total: 1"));
        Ask(proxy, 0, tenant: "a");
        Ask(proxy, 1, tenant: "a");
        Ask(proxy, 2, tenant: "a");
        Ask(proxy, 3, tenant: "b");
        for (int i = 0; i < 3; i++)
        {
            Answer(proxy, Asked(proxy)[i], "x");
        }

        Asked(proxy).ShouldBe([0, 1, 3, 2]);
        proxy.AssertClean();
    }

    [Fact]
    public void A_limit_is_learnt_from_answers_and_failures_lower_it()
    {
        using Proxy proxy = new(Yaml("adaptive: { min: 2, start: 4, max: 8 }, queue: 50"));
        Peer[] clients = [.. Enumerable.Range(0, 12).Select(_ => proxy.Connect())];
        foreach (Peer client in clients)
        {
            client.SendHead("GET / HTTP/1.1", "Host: a.test");
        }

        Round(proxy, clients, "HTTP/1.1 200 OK").ShouldBe(4);
        int most = 0;
        for (int round = 0; round < 250; round++)
        {
            most = Math.Max(most, Round(proxy, clients, "HTTP/1.1 200 OK"));
        }

        // It was never slower with more in flight.
        most.ShouldBe(8);
        int inFlight = 0;
        for (int round = 0; round < 300; round++)
        {
            inFlight = Round(proxy, clients, "HTTP/1.1 503 Service Unavailable");
        }

        inFlight.ShouldBe(2);
        Array.ForEach(clients, client => client.Reset());
        proxy.AssertClean();
    }

    /// <summary>
    /// The origin answers all that it has been asked, 30 ms later, and each client that has its answer asks again. How many it was.
    /// </summary>
    private static int Round(Proxy proxy, Peer[] clients, string status)
    {
        proxy.Advance(30, 30);
        Peer[] asked = [.. proxy.Origin.Connections.Where(origin => origin.TryTake(isResponse: false, isHead: false, out _))];
        foreach (Peer origin in asked)
        {
            origin.Answer(proxy, "", status);
        }

        foreach (Peer client in clients.Where(client => client.TryTake(isResponse: true, isHead: false, out _)))
        {
            client.SendHead("GET / HTTP/1.1", "Host: a.test");
        }

        return asked.Length;
    }

    private static IEnumerable<string> Texts(Proxy proxy) =>
        proxy.Events.All.Select(record => string.Join(" ", record.Values.Select(value => value.ToString())));

    private static string Yaml(string options, string more = "") => $$"""
        listen: [":8080"]
        limits: { connections_per_client: 10000 }
        sites:
          "*":
            stack: [{ concurrency: { {{options}} } }{{more}}]
            routes: [{ to: "http://10.0.0.1:80" }]
        """;

    private Peer Ask(Proxy proxy, int number, uint client = 1, string tenant = "")
    {
        Peer peer = proxy.Connect(0xC0000200 + client);
        peer.SendHead($"GET /{number.ToString(CultureInfo.InvariantCulture)} HTTP/1.1", "Host: a.test", "X-Tenant: " + tenant);
        Asked(proxy);
        return peer;
    }

    private void Answer(Proxy proxy, int number, string content = "x")
    {
        OriginOf(proxy, number).Answer(proxy, content);
        Asked(proxy);
    }

    /// <summary>The numbers of the requests that the origin got, in the order in which they came.</summary>
    private List<int> Asked(Proxy proxy)
    {
        proxy.Run();
        IEnumerable<int> all = proxy.Servers.SelectMany(server => server.Connections).SelectMany(Numbers);
        _asked.AddRange(all.Except(_asked).Order().ToList());
        return _asked;
    }

    private static Peer OriginOf(Proxy proxy, int number) =>
        proxy.Origin.Connections.Single(connection => Numbers(connection).Contains(number));

    private static IEnumerable<int> Numbers(Peer origin) =>
        Request().Matches(Encoding.Latin1.GetString(origin.Connection.Sent)).Select(
            match => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));

    [GeneratedRegex("GET /([0-9]+) ")]
    private static partial Regex Request();
}
