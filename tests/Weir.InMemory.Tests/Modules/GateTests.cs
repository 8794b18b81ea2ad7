using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Modules;

/// <summary>
/// Proves what clients see of `access` and `rate_limit`, and that `cors` and `security_headers` above them reach their answers.
/// </summary>
public sealed class GateTests
{
    private const uint Refused = 0xCB007107;
    private const uint Visitor = 0xC0000201;

    [Fact]
    public void A_refused_address_gets_403_and_the_origin_hears_nothing()
    {
        using Proxy proxy = With("{ access: { deny: [203.0.113.0/24] } }");
        Message answer = Ask(proxy, Refused);
        answer.Status.ShouldBe(403);
        answer["Proxy-Status"]!.ShouldEndWith("error=http_request_denied");
        proxy.Origin.Connections.ShouldBeEmpty();
        Serve(proxy, Visitor).Status.ShouldBe(200);
        proxy.AssertClean();
    }

    [Fact]
    public void A_refused_address_is_cut_off_at_the_connection_moment_before_a_request_is_read()
    {
        using Proxy proxy = new("""
            listen: [{ address: ":8080", connections: [{ access: { deny: [203.0.113.0/24] } }] }]
            sites:
              "*": http://10.0.0.1:80
            """);
        Peer refused = proxy.Connect(Refused);
        refused.IsClosed.ShouldBeTrue();
        refused.ExpectNothing();
        proxy.Ended.Count.ShouldBe(0);
        proxy.Origin.Connections.ShouldBeEmpty();
        Serve(proxy, Visitor).Status.ShouldBe(200);
        proxy.AssertClean();
    }

    [Fact]
    public void The_address_that_a_trusted_proxy_tells_decides()
    {
        using Proxy proxy = With("{ access: { deny: [203.0.113.0/24], status: 404 } }", "trusted_proxies: [192.0.2.1]");
        Ask(proxy, Visitor, "X-Forwarded-For: 203.0.113.7").Status.ShouldBe(404);
        Ask(proxy, Refused, "X-Forwarded-For: 192.0.2.7").Status.ShouldBe(404);
        Serve(proxy, Visitor, "X-Forwarded-For: 192.0.2.7").Status.ShouldBe(200);
        proxy.AssertClean();
    }

    [Fact]
    public void A_client_that_is_too_fast_gets_429_until_its_token_comes()
    {
        using Proxy proxy = With("{ rate_limit: { rate: 1/s, burst: 2 } }");
        Serve(proxy, Visitor).Status.ShouldBe(200);
        Serve(proxy, Visitor).Status.ShouldBe(200);
        Message refused = Ask(proxy, Visitor);
        refused.Status.ShouldBe(429);
        refused["Retry-After"].ShouldBe("1");
        Serve(proxy, Refused).Status.ShouldBe(200);
        proxy.Advance(1000);
        Serve(proxy, Visitor).Status.ShouldBe(200);
        Ask(proxy, Visitor).Status.ShouldBe(429);
        proxy.AssertClean();
    }

    [Fact]
    public void Refusals_pass_the_modules_above()
    {
        using Proxy proxy = With("security_headers, { cors: { origins: [\"https://app.test\"] } }, { access: { deny: [203.0.113.0/24] } }");
        Message answer = Ask(proxy, Refused, "Origin: https://app.test");
        answer.Status.ShouldBe(403);
        answer["Access-Control-Allow-Origin"].ShouldBe("https://app.test");
        answer["X-Content-Type-Options"].ShouldBe("nosniff");
        answer["Strict-Transport-Security"].ShouldBeNull();
        Ask(proxy, Refused, "Origin: https://evil.test")["Access-Control-Allow-Origin"].ShouldBeNull();
        proxy.AssertClean();
    }

    private static Proxy With(string stack, string more = "") => new($"""
        listen: [":8080"]
        {more}
        sites:
          "*":
            stack: [{stack}]
            routes: [{"{"} to: "http://10.0.0.1:80" {"}"}]
        """);

    private static Message Serve(Proxy proxy, uint address, params string[] fields)
    {
        Peer client = Send(proxy, address, fields);
        proxy.Origin.Take();
        proxy.Origin.Answer(proxy, "hello");
        return client.TakeResponse();
    }

    private static Message Ask(Proxy proxy, uint address, params string[] fields) => Send(proxy, address, fields).TakeResponse();

    private static Peer Send(Proxy proxy, uint address, string[] fields)
    {
        Peer client = proxy.Connect(address);
        client.SendHead(["GET / HTTP/1.1", "Host: a.test", .. fields]);
        return client;
    }
}
