using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Spine;

/// <summary>Proves what origins learn of clients, and what concerns one connection only (RFC 9110 section 7.6, RFC 7239).</summary>
public sealed class IdentityTests
{
    private const string Trusting = Proxy.Simple + "\ntrusted_proxies: [192.0.2.0/24, 10.1.0.0/16]";

    [Fact]
    public void Claims_of_an_untrusted_client_are_replaced()
    {
        Message request = Forward(
            Proxy.Simple,
            "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil", "X-Forwarded-Port: 1",
            "Forwarded: for=1.2.3.4",
            "X-Request-Id: mine", "Client-Cert: :AA==:", "X_Forwarded_For: 6.6.6.6");
        request["X-Forwarded-For"].ShouldBe("192.0.2.1");
        request["X-Forwarded-Proto"].ShouldBe("http");
        request["X-Forwarded-Host"].ShouldBe("a.test");
        request["X-Forwarded-Port"].ShouldBeNull();
        request["Forwarded"]!.ShouldContain("for=192.0.2.1");
        request["Forwarded"]!.ShouldNotContain("1.2.3.4");
        request["X-Request-Id"]!.Length.ShouldBe(32);
        request["Client-Cert"].ShouldBeNull();
        request["X_Forwarded_For"].ShouldBeNull();
    }

    [Fact]
    public void Claims_of_a_trusted_proxy_are_kept_and_extended()
    {
        Message request = Forward(
            Trusting, "X-Forwarded-For: 203.0.113.7, 10.1.2.3",
            "X-Forwarded-Proto: https", "X-Forwarded-Host: shop.test", "X-Request-Id: abc-1");
        request["X-Forwarded-For"].ShouldBe("203.0.113.7, 10.1.2.3, 192.0.2.1");
        request["X-Forwarded-Proto"].ShouldBe("https");
        request["X-Forwarded-Host"].ShouldBe("shop.test");
        request["X-Request-Id"].ShouldBe("abc-1");
    }

    [Theory]
    [InlineData("X-Forwarded-For: 203.0.113.7", "203.0.113.7")]
    [InlineData("Forwarded: for=203.0.113.7", "203.0.113.7")]
    [InlineData("Forwarded: for=10.0.0.9|X-Forwarded-For: 203.0.113.7", "203.0.113.7")]
    [InlineData("X-Forwarded-For: 10.0.0.9, 203.0.113.7, 10.1.2.3", "203.0.113.7")]
    [InlineData("X-Forwarded-For: \", 203.0.113.7", "203.0.113.7")]
    [InlineData("X-Forwarded-For: a\\\"|X-Forwarded-For: 203.0.113.7", "203.0.113.7")]
    [InlineData("X-Forwarded-For: 203.0.113.7, unknown", "192.0.2.1")]
    public void The_client_is_whom_the_trusted_proxies_saw_whatever_it_claims_itself(string lines, string client)
    {
        const string Telling = """
            listen: [":8080"]
            trusted_proxies: [192.0.2.0/24, 10.1.0.0/16]
            sites:
              "*":
                stack: [{ headers: { request: { set: { X-Client: "{client.ip}" } } } }]
                routes: [{ to: "http://10.0.0.1:80" }]
            """;
        Forward(Telling, lines.Split('|'))["X-Client"].ShouldBe(client);
    }

    [Fact]
    public void Each_request_has_an_id_of_its_own()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        HashSet<string> ids = [];
        for (int i = 0; i < 20; i++)
        {
            client.SendHead("GET / HTTP/1.1", "Host: a.test");
            ids.Add(proxy.Origin.Take()["X-Request-Id"]!).ShouldBeTrue();
            proxy.Origin.Answer(proxy, "x");
            client.TakeResponse();
        }

        proxy.AssertClean();
    }

    [Fact]
    public void Via_names_this_proxy_without_a_version()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test", "Via: 1.0 fred");
        proxy.Origin.Take()["Via"].ShouldBe("1.0 fred, 1.1 weir");
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse()["Via"].ShouldBe("1.1 weir");
        proxy.AssertClean();
    }

    [Fact]
    public void A_request_that_came_through_here_already_is_a_loop()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test", "CDN-Loop: other");
        string loop = proxy.Origin.Take()["CDN-Loop"]!;
        loop.ShouldStartWith("other, weir-");
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse();
        client.SendHead("GET / HTTP/1.1", "Host: a.test", "CDN-Loop: " + loop);
        Message response = client.TakeResponse();
        response.Status.ShouldBe(508);
        response["Proxy-Status"]!.ShouldContain("proxy_loop_detected");
        proxy.Origin.Last.ExpectNothing();
        proxy.AssertClean();
    }

    [Fact]
    public void Fields_of_one_connection_stay_on_it()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead(
            "GET / HTTP/1.1", "Host: a.test",
            "Connection: keep-alive, X-Hop, Host, Authorization, Cookie, X-Forwarded-For, Content-Type, X-Request-Id",
            "Keep-Alive: timeout=5", "Proxy-Connection: keep-alive", "TE: gzip", "Proxy-Authorization: x", "HTTP2-Settings: AA",
            "X-Hop: 1", "X-End: 2",
            "Authorization: secret", "Cookie: a=b", "Content-Type: text/plain");
        Message request = proxy.Origin.Take();
        string[] ofOneConnection =
            ["Connection", "Keep-Alive", "Proxy-Connection", "TE", "Proxy-Authorization", "HTTP2-Settings", "X-Hop"];
        foreach (string gone in ofOneConnection)
        {
            request[gone].ShouldBeNull(gone);
        }

        request["X-End"].ShouldBe("2");
        request["Host"].ShouldBe("a.test");
        request["Authorization"].ShouldBe("secret");
        request["Cookie"].ShouldBe("a=b");
        request["Content-Type"].ShouldBe("text/plain");
        request["X-Forwarded-For"].ShouldBe("192.0.2.1");
        proxy.Origin.Answer(
            proxy, "x", "HTTP/1.1 200 OK", "Connection: X-Hop, Set-Cookie", "X-Hop: 1",
            "Keep-Alive: timeout=9", "Proxy-Authenticate: Basic", "Alt-Svc: h3=\":443\"",
            "Set-Cookie: a=b", "Upgrade: h2c", "X-End: 2", "Server: origin");
        Message response = client.TakeResponse();
        foreach (string gone in (string[])["Connection", "Keep-Alive", "Proxy-Authenticate", "Alt-Svc", "Upgrade", "X-Hop"])
        {
            response[gone].ShouldBeNull(gone);
        }

        response["Set-Cookie"].ShouldBe("a=b");
        response["X-End"].ShouldBe("2");
        response["Server"].ShouldBe("origin");
        response["Date"].ShouldNotBeNull();
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("OPTIONS", "0", null, 405)]
    [InlineData("OPTIONS", "5", "4", 200)]
    [InlineData("GET", "0", "0", 200)]
    public void Max_Forwards_counts_down_where_it_has_a_meaning(string method, string sent, string? forwarded, int status)
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead(method + " / HTTP/1.1", "Host: a.test", "Max-Forwards: " + sent);
        if (forwarded is not null)
        {
            proxy.Origin.Take()["Max-Forwards"].ShouldBe(forwarded);
            proxy.Origin.Answer(proxy, "x");
        }

        client.TakeResponse().Status.ShouldBe(status);
        proxy.AssertClean();
    }

    [Fact]
    public void CONNECT_is_refused()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("CONNECT a.test:443 HTTP/1.1", "Host: a.test:443");
        Message response = client.TakeResponse();
        response.Status.ShouldBe(405);
        response["Allow"].ShouldNotBeNull();
        response["Connection"].ShouldBe("close");
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    private static Message Forward(string yaml, params string[] fields)
    {
        using Proxy proxy = new(yaml);
        Peer client = proxy.Connect();
        client.SendHead(["GET / HTTP/1.1", "Host: a.test", .. fields]);
        Message request = proxy.Origin.Take();
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse().Status.ShouldBe(200);
        proxy.AssertClean();
        return request;
    }
}
