using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Messages;

/// <summary>Proves that nothing a client or an origin writes becomes a message that Weir did not judge.</summary>
public sealed class SmugglingTests
{
    private const string Hidden = "GET /hidden HTTP/1.1\r\nHost: inside\r\n\r\n";

    [Fact]
    public void A_host_longer_than_any_name_is_refused()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: " + new string('a', 22_000), $"Content-Length: {Hidden.Length}");
        client.Send(Hidden);
        client.TakeResponse().Status.ShouldBe(400);
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    [Fact]
    public void Content_never_goes_without_its_head()
    {
        // What the module adds makes the head too large for any buffer, somewhere on the way.
        bool wasTooLarge = false;
        for (int octets = 20_000; octets < 22_500; octets += 100)
        {
            using Proxy proxy = new("""
                listen: [":8080"]
                limits: { header_size: 60KiB }
                sites:
                  "*":
                    stack: [{ headers: { request: { set: { X-A: "{header.X-Big}", X-B: "{header.X-Big}" } } } }]
                    routes: [{ to: "http://10.0.0.1:80" }]
                """);
            Peer client = proxy.Connect();
            client.SendHead("POST /seen HTTP/1.1", "Host: a.test", "X-Big: " + new string('b', octets), $"Content-Length: {Hidden.Length}");
            client.Send(Hidden);
            wasTooLarge |= client.Received.StartsWith("HTTP/1.1 503 ", StringComparison.Ordinal);
            foreach (Peer connection in proxy.Origin.Connections)
            {
                bool isWhole = connection.Received.StartsWith("POST /seen", StringComparison.Ordinal);
                (isWhole || connection.Received.Length == 0).ShouldBeTrue(connection.Received[..Math.Min(connection.Received.Length, 100)]);
            }

            proxy.AssertClean();
        }

        wasTooLarge.ShouldBeTrue();
    }

    [Fact]
    public void A_field_that_a_module_cannot_make_is_not_left_out()
    {
        using Proxy proxy = new("""
            listen: [":8080"]
            limits: { header_size: 60KiB }
            sites:
              "*":
                stack: [{ headers: { request: { set: { X-A: "{header.X-Big}{header.X-Big}{header.X-Big}{header.X-Big}" } } } }]
                routes: [{ to: "http://10.0.0.1:80" }]
            """);
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test", "X-Big: " + new string('b', 20_000));
        client.TakeResponse().Status.ShouldBe(400);
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    [Fact]
    public void A_target_of_https_is_not_served_without_TLS()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET https://a.test/ HTTP/1.1", "Host: a.test");
        client.TakeResponse().Status.ShouldBe(421);
        client.IsEnded.ShouldBeTrue();
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    [Fact]
    public void A_trusted_gateway_may_say_https_in_the_target()
    {
        using Proxy proxy = new("trusted_proxies: [192.0.2.0/24]\n" + Proxy.Simple);
        Peer client = proxy.Connect(0xC0000201);
        client.SendHead("GET https://a.test/x HTTP/1.1", "Host: a.test");
        proxy.Origin.Take().StartLine.ShouldBe("GET /x HTTP/1.1");
        proxy.Origin.Answer(proxy, "fine");
        client.TakeResponse().Body.ShouldBe("fine");
        proxy.AssertClean();
    }

    [Fact]
    public void A_large_head_goes_behind_a_PROXY_header_as_a_whole()
    {
        using Proxy proxy = new("""
            listen: [":8080"]
            upstreams:
              app: { servers: ["http://10.0.0.1:80"], proxy_protocol: v1 }
            sites:
              "*": { to: app }
            """);
        Peer client = proxy.Connect();
        client.SendHead("POST /seen HTTP/1.1", "Host: a.test", "X: " + new string('a', 17_000), $"Content-Length: {Hidden.Length}");
        client.Send(Hidden);
        string received = proxy.Origin.Last.Received;
        received.ShouldStartWith("PROXY TCP4 ");
        received.IndexOf("POST /seen", StringComparison.Ordinal).ShouldBeInRange(1, 100);
        received.IndexOf("GET /hidden", StringComparison.Ordinal).ShouldBeGreaterThan(17_000);
        proxy.Origin.Last.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        proxy.Run();
        client.TakeResponse().Status.ShouldBe(200);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData(16384)]
    [InlineData(16385)]
    [InlineData(100)]
    public void What_an_origin_sends_behind_its_answer_is_nobodys_answer(int octets)
    {
        const string Evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL";
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take();
        string head = $"HTTP/1.1 200 OK\r\nContent-Length: {octets:D6}\r\n\r\n";
        head = $"HTTP/1.1 200 OK\r\nContent-Length: {octets - head.Length:D6}\r\n\r\n";
        proxy.Origin.Last.Send(head + new string('x', octets - head.Length) + Evil);
        proxy.Run();
        client.TakeResponse().Status.ShouldBe(200);
        client.SendHead("GET /next HTTP/1.1", "Host: a.test");
        proxy.Origin.Connections.Count.ShouldBe(2);
        proxy.Origin.Take().StartLine.ShouldBe("GET /next HTTP/1.1");
        proxy.Origin.Answer(proxy, "good");
        client.TakeResponse().Body.ShouldBe("good");
        proxy.AssertClean();
    }

    [Fact]
    public void Connection_takes_nothing_away_that_a_module_has_set()
    {
        using Proxy proxy = new("""
            listen: [":8080"]
            sites:
              "*":
                stack: [{ headers: { request: { set: { X-Tenant: a } } } }]
                routes: [{ to: "http://10.0.0.1:80" }]
            """);
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test", "Connection: X-Tenant, X-Own", "X-Own: 1", "X-Tenant: forged");
        Message seen = proxy.Origin.Take();
        seen["X-Tenant"].ShouldBe("a");
        seen["X-Own"].ShouldBeNull();
        seen["Connection"].ShouldBeNull();
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse().Status.ShouldBe(200);
        proxy.AssertClean();
    }

    [Fact]
    public void Every_claim_of_a_proxy_is_dropped_that_nobody_vouches_for()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead(
            "GET / HTTP/1.1", "Host: a.test", "X-Forwarded-Prefix: //evil", "x-forwarded-ssl: on", "X-Real-IP: 127.0.0.1", "X_Forwarded_Uri: /",
            "X-Real-Ipx: kept", "X-Forward: kept");
        Message seen = proxy.Origin.Take();
        seen["X-Forwarded-Prefix"].ShouldBeNull();
        seen["X-Forwarded-Ssl"].ShouldBeNull();
        seen["X-Real-IP"].ShouldBeNull();
        seen["X_Forwarded_Uri"].ShouldBeNull();
        seen["X-Real-Ipx"].ShouldBe("kept");
        seen["X-Forward"].ShouldBe("kept");
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse().Status.ShouldBe(200);
        proxy.AssertClean();
    }

    [Fact]
    public void A_rewrite_holds_for_raw_paths_too()
    {
        using Proxy proxy = new("""
            listen: [":8080"]
            sites:
              "*":
                paths: raw
                stack: [{ rewrite: { strip_prefix: /api, query: { remove: [debug] } } }]
                routes: [{ to: "http://10.0.0.1:80" }]
            """);
        Peer client = proxy.Connect();
        client.SendHead("GET /api/x?debug=1&a=2 HTTP/1.1", "Host: a.test");
        proxy.Origin.Take().StartLine.ShouldBe("GET /x?a=2 HTTP/1.1");
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse().Status.ShouldBe(200);
        proxy.AssertClean();
    }

    [Fact]
    public void Content_behind_an_expectation_that_failed_is_not_taken_for_a_request()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Expect: y 100-continue", "Content-Length: 40");
        Message answer = client.TakeResponse();
        answer.Status.ShouldBe(417);
        answer["Connection"].ShouldBe("close");
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    [Fact]
    public void Two_upgrades_are_none()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test", "Connection: upgrade", "Upgrade: websocket", "Upgrade: h2c");
        proxy.Origin.Take()["Upgrade"].ShouldBeNull();
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse().Status.ShouldBe(200);
        proxy.AssertClean();
    }

    [Fact]
    public void Interim_responses_without_end_are_an_error()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take();
        proxy.Origin.Last.Send(string.Concat(Enumerable.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 100)));
        proxy.Run();
        client.TakeAll().ShouldContain("HTTP/1.1 502 ");
        proxy.AssertClean();
    }
}
