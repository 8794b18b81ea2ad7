using Weir.Abstractions.Errors;
using Weir.InMemory.Tests.Harness;
using Weir.Pipeline.Balancing;

namespace Weir.InMemory.Tests.Origins;

/// <summary>Proves that a route's requests are split by share, and that a client stays on its side.</summary>
public sealed class SplitTests
{
    private const string Old = "10.0.0.1:80";
    private const string Next = "10.0.0.2:80";

    [Fact]
    public void Requests_are_split_by_share()
    {
        using Proxy proxy = new(Yaml("split: { to: { app: 80%, next: 20% } }"));
        Peer client = proxy.Connect();
        int[] spread = proxy.Spread(client, 1000);
        spread[0].ShouldBeInRange(740, 860);
        (string _, Message answer) = proxy.Ask(client);
        answer["Set-Cookie"].ShouldBeNull();
        proxy.AssertClean();
    }

    [Fact]
    public void A_client_keeps_the_side_that_its_cookie_tells()
    {
        using Proxy proxy = new(Yaml("split: { to: { app: 50%, next: 50% }, sticky: true }"));
        Peer client = proxy.Connect();
        Dictionary<string, int> sides = new(StringComparer.Ordinal) { [Old] = 0, [Next] = 0 };
        for (int i = 0; i < 100; i++)
        {
            (string side, Message answer) = proxy.Ask(client);
            sides[side]++;
            string cookie = answer["Set-Cookie"]!;
            cookie.ShouldMatch("^weir_split=[0-9a-f]{8}; Path=/; HttpOnly; SameSite=Lax$");
            string line = "Cookie: theme=dark; " + cookie[..cookie.IndexOf(';', StringComparison.Ordinal)];
            (string again, Message second) = proxy.Ask(client, "/", line);
            again.ShouldBe(side);
            second["Set-Cookie"].ShouldBeNull();
        }

        sides.Values.ShouldAllBe(count => count > 20);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("00000000", Old)]
    [InlineData("f3333333", Next)]
    [InlineData("f3333332", Old)]
    [InlineData("ffffffff", Next)]
    public void The_number_falls_into_a_share(string number, string server)
    {
        using Proxy proxy = new(Yaml("split: { to: { app: 95%, next: 5% }, sticky: true }"));
        proxy.Ask(proxy.Connect(), "/", "Cookie: weir_split=" + number).Server.ShouldBe(server);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("")]
    [InlineData("0000000")]
    [InlineData("000000000")]
    [InlineData("app")]
    [InlineData("0000000g")]
    [InlineData("-0000001")]
    [InlineData("+0000001")]
    public void A_cookie_that_is_no_number_is_replaced(string value)
    {
        using Proxy proxy = new(Yaml("split: { to: { app: 100%, next: 0% }, sticky: true }"));
        (string server, Message answer) = proxy.Ask(proxy.Connect(), "/", "Cookie: weir_split=" + value);
        server.ShouldBe(Old);
        answer["Set-Cookie"].ShouldNotBeNull().ShouldStartWith("weir_split=");
        proxy.AssertClean();
    }

    [Fact]
    public void An_answer_that_is_no_origins_tells_no_number()
    {
        using Proxy proxy = new(Yaml("stack: [{ respond: { status: 204 } }], split: { to: { app: 50%, next: 50% }, sticky: true }"));
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        Message answer = client.TakeResponse();
        answer.Status.ShouldBe(204);
        answer["Set-Cookie"].ShouldBeNull();

        using Proxy failing = new(Yaml("split: { to: { app: 50%, next: 50% }, sticky: true }"));
        failing.ServerAt(Old).Refusal = ProxyErrors.ConnectRefused;
        failing.ServerAt(Next).Refusal = ProxyErrors.ConnectRefused;
        client = failing.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        answer = client.TakeResponse();
        answer.Status.ShouldBe(502);
        answer["Set-Cookie"].ShouldBeNull();
        failing.AssertClean();
    }

    [Fact]
    public void The_origins_own_cookies_stay()
    {
        using Proxy proxy = new(Yaml("split: { to: { app: 100%, next: 0% }, sticky: true }"));
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.ServerAt(Old).Take();
        proxy.ServerAt(Old).Answer(proxy, "x", "HTTP/1.1 200 OK", "Set-Cookie: a=b");
        client.TakeResponse()["Set-Cookie"].ShouldNotBeNull().ShouldStartWith("a=b, weir_split=");
        proxy.AssertClean();
    }

    [Theory]
    [InlineData(AdminState.Drain)]
    [InlineData(AdminState.Down)]
    public void A_side_that_an_operator_took_out_of_service_gives_its_share_to_the_others(AdminState state)
    {
        const string last = "10.0.0.3:80";
        using Proxy proxy = new($$"""
            listen: [":8080"]
            upstreams:
              app: { servers: ["http://{{Old}}"] }
              next: { servers: ["http://{{Next}}"] }
              last: { servers: ["http://{{last}}"] }
            sites:
              "*": { routes: [{ split: { to: { app: 50%, next: 40%, last: 10% }, sticky: true } }] }
            """);
        Peer client = proxy.Connect();
        proxy.Upstream("app").Servers[0].SetAdminState(state, 1);
        int[] spread = proxy.Spread(client, 1000);
        spread[0].ShouldBe(0);
        spread[1].ShouldBeInRange(740, 860);

        // A client of that side goes to the same other one each time, keeps its number, and comes back with the side.
        const string cookie = "Cookie: weir_split=01234567";
        string side = proxy.Ask(client, "/", cookie).Server;
        for (int i = 0; i < 10; i++)
        {
            (string again, Message answer) = proxy.Ask(client, "/", cookie);
            again.ShouldBe(side);
            answer["Set-Cookie"].ShouldBeNull();
        }

        proxy.Upstream("app").Servers[0].SetAdminState(AdminState.Ready, 2);
        proxy.Ask(client, "/", cookie).Server.ShouldBe(Old);
        proxy.AssertClean();
    }

    [Fact]
    public void A_side_that_fails_keeps_its_share_and_one_without_any_other_too()
    {
        using Proxy proxy = new(Yaml("split: { to: { app: 100%, next: 0% } }"));
        proxy.Upstream("app").Servers[0].SetFailingChecks(true, 1);
        proxy.Ask(proxy.Connect()).Server.ShouldBe(Old);
        proxy.Upstream("app").Servers[0].SetAdminState(AdminState.Down, 1);
        proxy.Upstream("next").Servers[0].SetAdminState(AdminState.Down, 1);
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        client.TakeResponse().Status.ShouldBe(503);
        proxy.AssertClean();
    }

    [Fact]
    public void A_client_that_is_bound_to_a_draining_server_stays_on_its_side()
    {
        using Proxy proxy = new($$"""
            listen: [":8080"]
            upstreams:
              app: { servers: ["http://{{Old}}"], sticky: { cookie: srv, ttl: 1h } }
              next: { servers: ["http://{{Next}}"] }
            sites:
              "*": { routes: [{ split: { to: { app: 50%, next: 50% }, sticky: true } }] }
            """);
        const string side = "Cookie: weir_split=00000000";
        Peer client = proxy.Connect();
        string cookie = proxy.Ask(client, "/", side).Answer["Set-Cookie"]!;
        cookie = $"{side}; {cookie[..cookie.IndexOf(';', StringComparison.Ordinal)]}";
        proxy.Upstream("app").Servers[0].SetAdminState(AdminState.Drain, 1);
        proxy.Ask(client, "/", cookie).Server.ShouldBe(Old);
        proxy.Ask(client, "/", side).Server.ShouldBe(Next);
        proxy.Upstream("app").Servers[0].SetAdminState(AdminState.Down, 1);
        proxy.Ask(client, "/", cookie).Server.ShouldBe(Next);
        proxy.AssertClean();
    }

    private static string Yaml(string route) => $$"""
        listen: [":8080"]
        upstreams:
          app: { servers: ["http://{{Old}}"] }
          next: { servers: ["http://{{Next}}"] }
        sites:
          "*": { routes: [{ {{route}} }] }
        """;
}
