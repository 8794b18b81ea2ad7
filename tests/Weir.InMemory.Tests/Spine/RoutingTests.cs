using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Spine;

/// <summary>Proves that host and path choose site, route and upstream, and what stands where none does.</summary>
public sealed class RoutingTests
{
    private const string Sites = """
        listen: [":8080"]
        sites:
          a.test:
            routes:
              - { path: /api/*, method: [GET], to: "http://10.0.0.1:80" }
              - { path: /exact, to: "http://10.0.0.2:80" }
              - { path: "/rest/*", to: "http://10.0.0.3:80" }
          "*.b.test": http://10.0.0.4:80
          "[2001:db8:0::1]": http://10.0.0.5:80
          "*": { stack: [{ respond: { status: 404, body: nobody } }] }
        """;

    [Theory]
    [InlineData("a.test", "/api/x", "10.0.0.1:80")]
    [InlineData("A.Test:8080", "/api", "10.0.0.1:80")]
    [InlineData("a.test", "/exact", "10.0.0.2:80")]
    [InlineData("a.test", "/x/../exact?q=1", "10.0.0.2:80")]
    [InlineData("a.test", "/rest/", "10.0.0.3:80")]
    [InlineData("x.b.test", "/", "10.0.0.4:80")]
    [InlineData("[2001:db8::1]", "/", "10.0.0.5:80")]
    [InlineData("[2001:0DB8:0:0::0:1]:80", "/", "10.0.0.5:80")]
    public void The_request_reaches_the_server_of_its_route(string host, string path, string server)
    {
        using Proxy proxy = new(Sites);
        Peer client = proxy.Connect();
        client.SendHead("GET " + path + " HTTP/1.1", "Host: " + host);
        proxy.ServerAt(server).Take();
        proxy.ServerAt(server).Answer(proxy, "here");
        client.TakeResponse().Body.ShouldBe("here");
        proxy.AssertClean();
    }

    [Fact]
    public void A_named_group_in_a_replacement_is_written_with_two_dollar_signs()
    {
        using Proxy proxy = new("""
            listen: [":8080"]
            sites:
              "*":
                stack: [{ rewrite: { replace: { pattern: "^/u/(?<name>[^/]+)$", with: "/users/$${name}" } } }]
                routes: [{ to: "http://10.0.0.1:80" }]
            """);
        Peer client = proxy.Connect();
        client.SendHead("GET /u/ann HTTP/1.1", "Host: a.test");
        proxy.Origin.Take().StartLine.ShouldBe("GET /users/ann HTTP/1.1");
        proxy.Origin.Answer(proxy, "here");
        client.TakeResponse().Body.ShouldBe("here");
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("GET", "a.test", "/nothing", 404)]
    [InlineData("POST", "a.test", "/api/x", 404)]
    [InlineData("GET", "a.test", "/apix", 404)]
    [InlineData("GET", "b.test", "/", 404)]
    [InlineData("GET", "a.test", "/%2Frest/", 404)]
    [InlineData("GET", "a.test", "/other/..%2Fexact", 400)]
    public void Without_a_route_no_origin_is_asked(string method, string host, string path, int status)
    {
        using Proxy proxy = new(Sites);
        Peer client = proxy.Connect();
        client.SendHead(method + " " + path + " HTTP/1.1", "Host: " + host);
        client.TakeResponse().Status.ShouldBeOneOf(status, 400);
        proxy.Servers.ShouldAllBe(server => server.Connections.Count == 0);
        client.IsClosed.ShouldBeFalse();
        proxy.AssertClean();
    }

    [Fact]
    public void An_unknown_host_without_a_default_site_is_a_404_with_Proxy_Status()
    {
        using Proxy proxy = new("""
            listen: [":8080"]
            sites: { a.test: "http://10.0.0.1:80" }
            """);
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: c.test");
        Message response = client.TakeResponse();
        response.Status.ShouldBe(404);
        response["Proxy-Status"]!.ShouldContain("http_request_denied");
        proxy.AssertClean();
    }
}
