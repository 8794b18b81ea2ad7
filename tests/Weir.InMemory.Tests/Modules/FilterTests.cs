using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Modules;

/// <summary>Proves what clients see of `filter`, `csrf`, and of expressions in routes, splits and rate limits.</summary>
public sealed class FilterTests
{
    [Fact]
    public void The_example_of_the_readme_does_what_it_says()
    {
        using Proxy proxy = new(Site(ReadmeExample.Of("Filter")));
        Refused(proxy, "GET /wp-admin HTTP/1.1").Status.ShouldBe(404);
        Refused(proxy, "GET / HTTP/1.1", "User-Agent: SQLMap/1.7").Body.ShouldBe("Not from here.\n");
        Served(proxy, "GET /?" + new string('x', 3000) + " HTTP/1.1").Status.ShouldBe(200);
        proxy.AssertClean();
    }

    [Fact]
    public void The_example_of_csrf_does_what_it_says()
    {
        using Proxy proxy = new(Site(ReadmeExample.Of("Csrf")));
        Served(proxy, "DELETE /a HTTP/1.1", "Origin: https://app.example.com").Status.ShouldBe(200);
        Served(proxy, "GET / HTTP/1.1", "Sec-Fetch-Site: cross-site").Status.ShouldBe(200);
        Refused(proxy, "DELETE /a HTTP/1.1", "Sec-Fetch-Site: cross-site").Status.ShouldBe(403);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("/admin", true)]
    [InlineData("/%61dmin/x", true)]
    [InlineData("/%61%64%6D%69%6e", true)]
    [InlineData("/x/../admin", true)]
    [InlineData("/x/%2e%2E/adm%69n", true)]
    [InlineData("/./admin?a=b", true)]
    [InlineData("http://a.test/x/../admin", true)]
    [InlineData("//admin", false)]
    [InlineData("/%2Fadmin", false)]
    [InlineData("/;a/admin", false)]
    [InlineData("/ADMIN", false)]
    public void A_rule_sees_the_path_in_the_form_that_is_forwarded(string target, bool isBlocked)
    {
        using Proxy proxy = new(Site("- filter: { rules: [{ name: admin, when: request.path.startsWith(\"/admin\") }] }"));
        Peer client = proxy.Connect();
        client.SendHead("GET " + target + " HTTP/1.1", "Host: a.test");
        if (isBlocked)
        {
            client.TakeResponse().Status.ShouldBe(403);
            proxy.Origin.Connections.ShouldBeEmpty();
        }
        else
        {
            proxy.Origin.Take().StartLine.ShouldBe("GET " + target + " HTTP/1.1");
            client.Reset();
        }

        proxy.AssertClean();
    }

    [Fact]
    public void A_response_that_is_blocked_never_reaches_the_client()
    {
        using Proxy proxy = new(Site("- filter: { rules: [{ name: leak, when: 'has(response.headers[\"x-secret\"])' }] }"));
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take();
        proxy.Origin.Answer(proxy, "abcd", "HTTP/1.1 200 OK", "X-Secret: 1");
        Message answer = client.TakeResponse();
        answer.Status.ShouldBe(403);
        answer["X-Secret"].ShouldBeNull();
        answer.Body.ShouldBe("The response is not given out.\n");
        proxy.AssertClean();
    }

    [Fact]
    public void Expressions_choose_routes_and_sides_of_a_split()
    {
        using Proxy proxy = new("""
            listen: [":8080"]
            sites:
              "*":
                routes:
                  - { path: /api/*, when: 'request.headers["x-version"] == "2" && size(request.query) < 10', to: "http://10.0.0.2:80" }
                  - split: { to: { app: 100%, next: 0% }, when: { next: '"beta" in request.cookies' } }
            upstreams:
              app: { servers: ["http://10.0.0.1:80"] }
              next: { servers: ["http://10.0.0.3:80"] }
            """);
        Served(proxy, "10.0.0.2:80", "GET /api/x?a HTTP/1.1", "X-Version: 2");
        Served(proxy, "10.0.0.1:80", "GET /api/x?aaaaaaaaaaaa HTTP/1.1", "X-Version: 2");
        Served(proxy, "10.0.0.1:80", "GET /other HTTP/1.1", "X-Version: 2");
        Served(proxy, "10.0.0.3:80", "GET /other HTTP/1.1", "Cookie: beta=1");
        proxy.AssertClean();
    }

    [Fact]
    public void A_rate_limit_counts_by_an_expression()
    {
        using Proxy proxy = new(Site("- rate_limit: { rate: 1/h, burst: 1, key: '[request.path, request.headers[\"x-key\"]]' }"));
        Served(proxy, "GET /a HTTP/1.1", "X-Key: 1");
        Served(proxy, "GET /a HTTP/1.1", "X-Key: 2");
        Served(proxy, "GET /b HTTP/1.1", "X-Key: 1");
        Refused(proxy, "GET /a HTTP/1.1", "X-Key: 1").Status.ShouldBe(429);
        proxy.AssertClean();
    }

    private static Message Refused(Proxy proxy, params string[] lines) => Send(proxy, lines).TakeResponse();

    private static Message Served(Proxy proxy, string first, params string[] more) =>
        first.Contains("HTTP") ? ServedBy(proxy, "10.0.0.1:80", [first, .. more]) : ServedBy(proxy, first, more);

    private static Message ServedBy(Proxy proxy, string server, string[] lines)
    {
        Peer client = Send(proxy, lines);
        proxy.ServerAt(server).Take();
        proxy.ServerAt(server).Answer(proxy, "hello");
        return client.TakeResponse();
    }

    private static Peer Send(Proxy proxy, string[] lines)
    {
        Peer client = proxy.Connect();
        client.SendHead([lines[0], "Host: a.test", .. lines[1..]]);
        return client;
    }

    private static string Site(string stack) => $"""
        listen: [":8080"]
        sites:
          "*":
            stack:
              {stack.ReplaceLineEndings("\n      ")}
            to: http://10.0.0.1:80
        """;
}
