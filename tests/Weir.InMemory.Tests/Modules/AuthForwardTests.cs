using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Modules;

/// <summary>Proves that `auth_forward` asks before the origin hears anything, and what becomes of each answer.</summary>
public sealed class AuthForwardTests
{
    [Fact]
    public void A_2xx_lets_the_request_pass_with_the_fields_that_are_copied()
    {
        using Proxy proxy = Build("copy: [X-User, X-Groups]");
        Peer client = proxy.Connect();
        client.SendHead(
            "POST /a?b=1 HTTP/1.1", "Host: a.test", "Cookie: s=1", "X-User: root", "X_Groups: root", "X-Other: 1", "X-Forwarded-Uri: /public",
            "Content-Length: 2");
        client.Send("hi");
        App(proxy).Connections.ShouldBeEmpty();
        Message question = Login(proxy).Take();
        question.StartLine.ShouldBe("GET /auth?x=1 HTTP/1.1");
        (question["Host"], question["Cookie"], question["X-Other"], question["X-User"]).ShouldBe(("a.test", "s=1", null, null));
        (question["X-Forwarded-Method"], question["X-Forwarded-Uri"], question["X-Forwarded-Host"], question["X-Forwarded-Proto"])
            .ShouldBe(("POST", "/a?b=1", "a.test", "http"));
        question["Content-Length"].ShouldBeNull();
        Login(proxy).Answer(proxy, "ok", "HTTP/1.1 200 OK", "X-User: bea", "Set-Cookie: no=1");
        Message request = App(proxy).Take();
        (request["X-User"], request["X_Groups"], request["X-Groups"], request["X-Other"], request.Body).ShouldBe(
            ("bea", null, null, "1", "hi"));
        App(proxy).Answer(proxy, "in");
        Message answer = client.TakeResponse();
        (answer.Status, answer.Body, answer["Set-Cookie"]).ShouldBe((200, "in", null));
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("/a/%2e%2e/./admin?b=1", "/admin?b=1", "/a/%2e%2e/./admin?b=1")]
    [InlineData("http://a.test/x/../y?z", "/y?z", "/x/../y?z")]
    [InlineData("/plain", "/plain", "/plain")]
    public void The_service_is_shown_the_normal_target_and_the_one_that_was_received(string sent, string normal, string received)
    {
        using Proxy proxy = Build("send: [X-Original-Uri]");
        Peer client = proxy.Connect();
        client.SendHead($"GET {sent} HTTP/1.1", "Host: a.test", "X-Original-Uri: /public");
        Message question = Login(proxy).Take();
        (question["X-Forwarded-Uri"], question["X-Original-Uri"]).ShouldBe((normal, received));
        Login(proxy).Answer(proxy, "no", "HTTP/1.1 403 Forbidden");
        client.TakeResponse().Status.ShouldBe(403);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("302 Found", 302)]
    [InlineData("401 Unauthorized", 401)]
    [InlineData("403 Forbidden", 403)]
    [InlineData("404 Not Found", 404)]
    public void Any_other_answer_goes_to_the_client_and_the_origin_hears_nothing(string status, int code)
    {
        using Proxy proxy = Build();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        Login(proxy).Take();
        Login(proxy).Answer(proxy, "log in first", $"HTTP/1.1 {status}", "Location: https://login.test/", "WWW-Authenticate: Bearer");
        Message answer = client.TakeResponse();
        (answer.Status, answer.Body, answer["Location"]).ShouldBe((code, "log in first", "https://login.test/"));
        App(proxy).Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("", 503)]
    [InlineData("on_failure: allow", 200)]
    public void A_failure_of_the_service_is_decided_by_the_options(string options, int expected)
    {
        using Proxy proxy = Build(options);
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test", "X-User: root");
        Login(proxy).Take();
        Login(proxy).Answer(proxy, "broken", "HTTP/1.1 500 Internal Server Error");
        End(proxy, client, expected);

        // It takes too long.
        client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        Login(proxy).Take();
        proxy.Advance(6_000, 500);
        End(proxy, client, expected);
        proxy.AssertClean();
    }

    [Fact]
    public void Heads_of_answers_to_HEAD_and_answers_without_content_end()
    {
        using Proxy proxy = Build();
        Peer client = proxy.Connect();
        client.SendHead("HEAD / HTTP/1.1", "Host: a.test");
        Login(proxy).Take();
        Login(proxy).Answer(proxy, "no", "HTTP/1.1 401 Unauthorized");
        client.TakeResponse(isHead: true).Status.ShouldBe(401);
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        Login(proxy).Take();
        Login(proxy).Answer(proxy, "", "HTTP/1.1 401 Unauthorized");
        client.TakeResponse().Status.ShouldBe(401);
        proxy.AssertClean();
    }

    private static void End(Proxy proxy, Peer client, int expected)
    {
        if (expected == 200)
        {
            App(proxy).Take();
            App(proxy).Answer(proxy, "in");
        }
        else
        {
            App(proxy).Connections.ShouldBeEmpty();
        }

        client.TakeResponse().Status.ShouldBe(expected);
    }

    private static OriginServer App(Proxy proxy) => proxy.ServerAt("10.0.0.1:80");

    private static OriginServer Login(Proxy proxy) => proxy.ServerAt("10.0.0.2:80");

    private static Proxy Build(string options = "") => new($$"""
        listen: [":8080"]
        upstreams:
          login: { servers: ["http://10.0.0.2:80"], retry: { attempts: 1 } }
        sites:
          "*":
            stack: [{ auth_forward: { to: login, path: "/auth?x=1"{{(options.Length > 0 ? ", " + options : "")}} } }]
            to: http://10.0.0.1:80
        """);
}
