using Weir.Abstractions.Errors;
using Weir.InMemory.Tests.Harness;
using Weir.Pipeline.Balancing;

namespace Weir.InMemory.Tests.Origins;

/// <summary>Proves that a client stays on its server as long as that may be used, and what it is told to remember.</summary>
public sealed class StickyTests
{
    private const string Sticky = """
        listen: [":8080"]
        trusted_proxies: [198.51.100.0/24]
        upstreams:
          app:
            servers: ["http://10.0.0.1:80", "http://10.0.0.2:80", "http://10.0.0.3:80"]
            balance: round_robin
            sticky: { cookie: weir_srv, ttl: 1h }
        sites:
          "*": { routes: [{ to: app }] }
        """;

    [Fact]
    public void A_new_client_gets_a_cookie_that_says_nothing()
    {
        using Proxy proxy = new(Sticky);
        Message response = Ask(proxy, "a=1", out Message request, out _);
        request["Cookie"].ShouldBe("a=1");
        string cookie = response["Set-Cookie"].ShouldNotBeNull();
        cookie.ShouldMatch("^weir_srv=[A-Za-z0-9_-]{44}; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax$");
        proxy.AssertClean();
    }

    [Fact]
    public void A_switch_of_protocols_carries_the_cookie_too()
    {
        using Proxy proxy = new(Sticky);
        Peer client = proxy.Connect();
        client.SendHead("GET /ws HTTP/1.1", "Host: a.test", "Connection: upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
        OriginServer server = proxy.Servers.Single(server => server.Connections.Count == 1);
        server.Last.Send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
        proxy.Run();
        Message response = client.TakeResponse();
        response.Status.ShouldBe(101);
        response["Set-Cookie"].ShouldNotBeNull().ShouldStartWith("weir_srv=");
        server.Last.End();
        proxy.Run();
        proxy.AssertClean();
    }

    [Fact]
    public void A_client_stays_on_its_server_which_never_sees_the_cookie()
    {
        using Proxy proxy = new(Sticky);
        string cookie = CookieOf(Ask(proxy, null, out _, out OriginServer bound));
        for (int i = 0; i < 10; i++)
        {
            Message response = Ask(proxy, $"a=1; {cookie}; b=2", out Message request, out OriginServer server);
            server.ShouldBeSameAs(bound);
            request["Cookie"].ShouldBe("a=1; b=2");
            response["Set-Cookie"].ShouldBeNull();
        }

        ServerTally tally = StateOf(proxy, bound).TallyOf(0);
        tally.BoundRequests.ShouldBe(10);
        tally.LastBoundUnixMs.ShouldBe(proxy.Loop.UnixMs);
        tally.BoundLately(proxy.Loop.UnixMs).ShouldBe(10);
        tally.BoundLately(proxy.Loop.UnixMs + 120_000).ShouldBe(0);
        proxy.AssertClean();
    }

    [Fact]
    public void Clients_are_spread_and_their_cookies_lead_back()
    {
        using Proxy proxy = new(Sticky);
        Dictionary<string, OriginServer> clients = [];
        for (int i = 0; i < 30; i++)
        {
            string cookie = CookieOf(Ask(proxy, null, out _, out OriginServer server));
            clients.Add(cookie, server);
        }

        clients.Values.Distinct().Count().ShouldBe(3);
        foreach ((string cookie, OriginServer server) in clients)
        {
            Ask(proxy, cookie, out _, out OriginServer again);
            again.ShouldBeSameAs(server);
        }

        proxy.AssertClean();
    }

    [Fact]
    public void Forged_truncated_and_foreign_cookies_are_ignored_and_replaced()
    {
        using Proxy proxy = new(Sticky);
        string cookie = CookieOf(Ask(proxy, null, out _, out _));
        string[] wrong = [cookie[..^1], cookie + "A", "weir_srv=", "weir_srv=10.0.0.1:80", cookie[..^2] + (cookie[^2] == 'x' ? "y" : "x") + cookie[^1]];
        foreach (string value in wrong)
        {
            Message response = Ask(proxy, value, out Message request, out _);
            response.Status.ShouldBe(200);
            response["Set-Cookie"].ShouldNotBeNull();
            request["Cookie"].ShouldBeNull();
        }

        proxy.AssertClean();
    }

    [Fact]
    public void A_cookie_is_renewed_after_half_of_its_time_and_ends_with_it()
    {
        using Proxy proxy = new(Sticky);
        string cookie = CookieOf(Ask(proxy, null, out _, out OriginServer bound));
        proxy.Advance(29 * 60_000, 10_000);
        Ask(proxy, cookie, out _, out _)["Set-Cookie"].ShouldBeNull();
        proxy.Advance(2 * 60_000, 10_000);
        Message renewed = Ask(proxy, cookie, out _, out OriginServer same);
        same.ShouldBeSameAs(bound);
        string next = CookieOf(renewed);
        next.ShouldNotBe(cookie);
        proxy.Advance(30 * 60_000, 10_000);
        Ask(proxy, cookie, out _, out _)["Set-Cookie"].ShouldNotBeNull();
        Ask(proxy, next, out _, out OriginServer still);
        still.ShouldBeSameAs(bound);
        proxy.AssertClean();
    }

    [Fact]
    public void A_server_that_drains_keeps_its_clients_until_their_cookies_end_and_gets_no_new_ones()
    {
        using Proxy proxy = new(Sticky);
        string cookie = CookieOf(Ask(proxy, null, out _, out OriginServer bound));
        StateOf(proxy, bound).SetAdminState(AdminState.Drain, proxy.Loop.NowMs);
        for (int i = 0; i < 10; i++)
        {
            Ask(proxy, null, out _, out OriginServer other);
            other.ShouldNotBeSameAs(bound);
        }

        proxy.Advance(40 * 60_000, 10_000);
        Message response = Ask(proxy, cookie, out _, out OriginServer same);
        same.ShouldBeSameAs(bound);
        response["Set-Cookie"].ShouldBeNull("a server that drains renews no cookie");
        proxy.Advance(21 * 60_000, 10_000);
        Ask(proxy, cookie, out _, out OriginServer moved)["Set-Cookie"].ShouldNotBeNull();
        moved.ShouldNotBeSameAs(bound);
        proxy.AssertClean();
    }

    [Fact]
    public void A_server_that_is_down_loses_its_clients_to_others()
    {
        using Proxy proxy = new(Sticky);
        string cookie = CookieOf(Ask(proxy, null, out _, out OriginServer bound));
        StateOf(proxy, bound).SetAdminState(AdminState.Down, proxy.Loop.NowMs);
        string next = CookieOf(Ask(proxy, cookie, out _, out OriginServer other));
        other.ShouldNotBeSameAs(bound);
        StateOf(proxy, bound).SetAdminState(AdminState.Ready, proxy.Loop.NowMs);
        Ask(proxy, next, out _, out OriginServer still);
        still.ShouldBeSameAs(other);
        proxy.AssertClean();
    }

    [Fact]
    public void A_try_that_moved_to_another_server_binds_the_client_there()
    {
        using Proxy proxy = new(Sticky);
        string cookie = CookieOf(Ask(proxy, null, out _, out OriginServer bound));
        bound.Last.End();
        bound.Refusal = ProxyErrors.ConnectRefused;
        Message response = Ask(proxy, cookie, out _, out OriginServer other);
        other.ShouldNotBeSameAs(bound);
        string next = CookieOf(response);
        bound.Refusal = null;
        Ask(proxy, next, out _, out OriginServer still);
        still.ShouldBeSameAs(other);
        proxy.AssertClean();
    }

    [Fact]
    public void Errors_of_ours_and_interim_answers_bring_no_cookie()
    {
        using Proxy proxy = new(Sticky);
        foreach (OriginServer server in proxy.Servers)
        {
            server.Refusal = ProxyErrors.ConnectRefused;
        }

        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        client.TakeResponse()["Set-Cookie"].ShouldBeNull();
        foreach (OriginServer server in proxy.Servers)
        {
            server.Refusal = null;
        }

        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        OriginServer asked = proxy.Servers.Single(server => server.Connections.Count > 0);
        asked.Last.SendHead("HTTP/1.1 103 Early Hints", "Link: </a>");
        proxy.Run();
        Message hint = client.TakeResponse();
        hint.Status.ShouldBe(103);
        hint["Set-Cookie"].ShouldBeNull();
        asked.Answer(proxy, "x");
        client.TakeResponse()["Set-Cookie"].ShouldNotBeNull();
        proxy.AssertClean();
    }

    [Fact]
    public void The_origins_own_cookies_stay()
    {
        using Proxy proxy = new(Sticky);
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        OriginServer asked = proxy.Servers.Single(server => server.Connections.Count > 0);
        asked.Answer(proxy, "x", "HTTP/1.1 200 OK", "Set-Cookie: own=1; Path=/a");
        Message response = client.TakeResponse();
        response.Fields.Count(field => field.Key == "Set-Cookie").ShouldBe(2);
        response["Set-Cookie"]!.ShouldContain("own=1; Path=/a");
        proxy.AssertClean();
    }

    [Theory]
    [InlineData(0xC6336401, true)]
    [InlineData(0xC0000201, false)]
    public void Over_https_the_cookie_is_secure(uint from, bool isSecure)
    {
        using Proxy proxy = new(Sticky);
        Peer client = proxy.Connect(from);
        client.SendHead("GET / HTTP/1.1", "Host: a.test", "X-Forwarded-Proto: https");
        OriginServer asked = proxy.Servers.Single(server => server.Connections.Count > 0);
        asked.Answer(proxy, "x");
        client.TakeResponse()["Set-Cookie"]!.EndsWith("; Secure", StringComparison.Ordinal).ShouldBe(isSecure);
        proxy.AssertClean();
    }

    [Fact]
    public void A_bound_client_waits_for_its_server_even_if_another_one_has_room()
    {
        using Proxy proxy = new(Sticky.Replace("sticky:", "limits: { requests: 1 }\n    sticky:", StringComparison.Ordinal));
        string cookie = CookieOf(Ask(proxy, null, out _, out OriginServer bound));
        Peer first = proxy.Connect();
        first.SendHead("GET /first HTTP/1.1", "Host: a.test", "Cookie: " + cookie);
        Peer second = proxy.Connect();
        second.SendHead("GET /second HTTP/1.1", "Host: a.test", "Cookie: " + cookie);
        proxy.Upstream("app").Queue.WaitingCount.ShouldBe(1);
        bound.Take();
        bound.Answer(proxy, "1");
        bound.Take().StartLine.ShouldContain("/second");
        bound.Answer(proxy, "2");
        first.TakeResponse().Body.ShouldBe("1");
        second.TakeResponse().Body.ShouldBe("2");
        proxy.AssertClean();
    }

    [Fact]
    public void A_bound_client_that_waits_is_placed_elsewhere_when_its_server_goes_down()
    {
        using Proxy proxy = new(Sticky.Replace("sticky:", "limits: { requests: 1 }\n    sticky:", StringComparison.Ordinal));
        string cookie = CookieOf(Ask(proxy, null, out _, out OriginServer bound));
        Peer first = proxy.Connect();
        first.SendHead("GET /first HTTP/1.1", "Host: a.test", "Cookie: " + cookie);
        Peer second = proxy.Connect();
        second.SendHead("GET /second HTTP/1.1", "Host: a.test", "Cookie: " + cookie);
        StateOf(proxy, bound).SetAdminState(AdminState.Down, proxy.Loop.NowMs);
        proxy.Advance(100, 20);
        OriginServer other = proxy.Servers.Single(server => server != bound && server.Pool.ActiveCount == 1);
        other.Take().StartLine.ShouldContain("/second");
        other.Answer(proxy, "2");
        second.TakeResponse()["Set-Cookie"].ShouldNotBeNull();
        proxy.AssertClean();
    }

    private static Message Ask(Proxy proxy, string? cookie, out Message request, out OriginServer server)
    {
        Peer client = proxy.Connect();
        string[] head = ["GET / HTTP/1.1", "Host: a.test"];
        client.SendHead(cookie is null ? head : [.. head, "Cookie: " + cookie]);
        server = proxy.Servers.Single(one => one.Pool.ActiveCount == 1);
        Peer origin = server.Connections.Last(connection => !connection.IsClosed);
        request = origin.TakeRequest();
        origin.Answer(proxy, "x");
        Message response = client.TakeResponse();
        client.End();
        return response;
    }

    private static string CookieOf(Message response) => response["Set-Cookie"].ShouldNotBeNull().Split(';')[0];

    private static ServerState StateOf(Proxy proxy, OriginServer server) =>
        proxy.Upstream("app").Servers.Single(state => proxy.ServerAt(state.Name) == server);
}
