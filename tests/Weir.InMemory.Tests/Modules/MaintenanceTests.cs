using System.Globalization;
using Weir.InMemory.Tests.Harness;
using Weir.Telemetry.Events;

namespace Weir.InMemory.Tests.Modules;

/// <summary>Proves `maintenance` from the schedule of a window to its end.</summary>
public sealed class MaintenanceTests
{
    private const uint Inside = 0x0A010203;
    private const uint Visitor = 0xC0000201;

    // RFC 6455 section 7.4.1: 1001, an endpoint is going away.
    private const string GoingAway = "\u0088\u0002\u0003\u00e9";

    [Fact]
    public void A_window_drains_closes_lets_some_pass_verifies_and_opens_again()
    {
        using Proxy proxy = new(Yaml("""
            windows: [{ from: "FROM", for: 1h }]
            drain: 5m
            session_cookie: sid
            bypass: [10.0.0.0/8]
            verify: { path: /healthz, interval: 2s, rise: 2 }
            """, startsInMinutes: 10));

        // Long before: nothing is changed.
        Answer(proxy, Ask(proxy, Visitor), 200, connection: null);
        Peer chat = OpenWebSocket(proxy, Visitor);
        Peer chatInside = OpenWebSocket(proxy, Inside);

        // 1 drain: five minutes before, known visitors are served and let go, new ones get the page. WebSockets stay.
        proxy.Advance(6 * 60_000, 30_000);
        Answer(proxy, Ask(proxy, Visitor, "Cookie: sid=1"), 200, connection: "close");
        Page(Ask(proxy, Visitor), retryAfter: "300");
        chat.ExpectNothing();

        // 2 the page until the window's end; WebSockets are told to end, with 1001.
        proxy.Advance(5 * 60_000, 30_000);
        Message page = Page(Ask(proxy, Visitor, "Cookie: sid=1"), retryAfter: null);
        int.Parse(page["Retry-After"]!, CultureInfo.InvariantCulture).ShouldBeInRange(3500, 3600);
        page.Body.ShouldContain("Back soon");
        chat.TakeAll().ShouldBe(GoingAway);
        chat.IsClosed.ShouldBeTrue();

        // 3 bypass: who stands there is served, and keeps what is open.
        Answer(proxy, Ask(proxy, Inside), 200, connection: null);
        chatInside.ExpectNothing();
        chatInside.IsClosed.ShouldBeFalse();
        chatInside.End();

        // 4 verification: Weir asks by itself, in its own name; visitors stay out until two good answers in a row.
        proxy.Advance((59 * 60_000) + 1_000, 10_000);
        Question(proxy, "HTTP/1.1 503 Service Unavailable");
        Page(Ask(proxy, Visitor), retryAfter: "2");
        proxy.Advance(2_000, 250);
        Question(proxy, "HTTP/1.1 200 OK");
        Page(Ask(proxy, Visitor), retryAfter: "2");
        proxy.Advance(2_000, 250);
        Question(proxy, "HTTP/1.1 200 OK");

        // 5 return.
        Answer(proxy, Ask(proxy, Visitor), 200, connection: null);
        int connections = proxy.Origin.Connections.Count;
        proxy.Advance(60_000);
        proxy.Origin.Connections.Count.ShouldBe(connections);
        Told(proxy).ShouldBe([
            "site a.test: closed until 2025-11-21 10:10:01Z; open WebSockets are told to end.",
            "site a.test: the window is over, but GET /healthz was answered with 503. Visitors stay out, and it is asked again every 2 s. "
                + "Mend the origin, or take `verify` out and reload.",
            "site a.test: GET /healthz was answered well 2 times in a row: visitors come in again.",
        ]);
        proxy.AssertClean();
    }

    [Fact]
    public void Verification_needs_no_visitor_and_none_can_spoil_it()
    {
        using Proxy proxy = new(Yaml("""
            windows: [{ from: "FROM", for: 1m }]
            verify: { path: /healthz, rise: 1 }
            """, startsInMinutes: -1, below: "access: { allow: [127.0.0.1] }"));
        Page(Ask(proxy, Visitor), retryAfter: "2");
        Message question = Question(proxy, "HTTP/1.1 200 OK");
        question["Host"].ShouldBe("a.test");
        question["X-Forwarded-For"].ShouldBe("127.0.0.1");

        // In again: what stands below refuses the visitor as ever.
        Ask(proxy, Visitor).TakeResponse().Status.ShouldBe(403);
        proxy.AssertClean();
    }

    [Fact]
    public void Verification_of_a_site_behind_tls_tells_the_origin_https()
    {
        using Proxy proxy = new($$"""
            listen: [":8080", { address: ":8443", tls: true }]
            sites:
              a.test:
                tls: { certificate: a.pem, key: a.key }
                stack: [{ maintenance: { windows: [{ from: "{{From(-1)}}", for: 1m }], verify: { path: /healthz, rise: 1 } } }]
                to: "http://10.0.0.1:80"
            """);
        Question(proxy, "HTTP/1.1 200 OK")["X-Forwarded-Proto"].ShouldBe("https");
        proxy.AssertClean();
    }

    [Fact]
    public void Verification_asks_through_the_stack_of_its_route()
    {
        using Proxy proxy = new($$"""
            listen: [":8080"]
            sites:
              "*.a.test":
                routes:
                  - path: /old/*
                    stack:
                      - maintenance: { windows: [{ from: "{{From(-1)}}", for: 1m }], verify: { path: /old/healthz, rise: 1, host: b.test } }
                      - rewrite: { path: "/new/{path.rest}" }
                    to: "http://10.0.0.1:80"
            """);
        proxy.Advance(1_000);
        Message question = proxy.Origin.Take();
        question.StartLine.ShouldBe("GET /new/healthz HTTP/1.1");
        question["Host"].ShouldBe("b.test");
        proxy.Origin.Answer(proxy, "well");
        Told(proxy).ShouldBe(["site *.a.test route /old/*: GET /old/healthz was answered well: visitors come in again."]);
        proxy.AssertClean();
    }

    [Fact]
    public void What_a_window_left_survives_a_restart_and_other_options()
    {
        const string verified = """
            windows: [{ from: "FROM", for: 1h }]
            verify: { path: /healthz, rise: 1 }
            """;
        KeptMemories memories = new();
        using (Proxy before = new(memories, Yaml(verified, startsInMinutes: -5)))
        {
            before.Advance(2_000);
            memories.Texts.ShouldBe(["closed"]);
            before.AssertClean();
        }

        // Started again long after the window: it was never verified, so it is first.
        using Proxy proxy = new(memories, Yaml(verified, startsInMinutes: -50_000));
        Page(Ask(proxy, Visitor), retryAfter: "2");
        proxy.Advance(1_000);
        proxy.Origin.Take().StartLine.ShouldBe("GET /healthz HTTP/1.1");

        // Other options: as closed as before, until the new question is answered. The old one's answer comes too late to say so.
        proxy.Reload(Yaml("""
            windows: [{ from: "FROM", for: 2h }]
            verify: { path: /ready, rise: 1 }
            """, startsInMinutes: 600));
        Page(Ask(proxy, Visitor), retryAfter: "2");
        Question(proxy, "HTTP/1.1 200 OK", "/ready");
        Answer(proxy, Ask(proxy, Visitor), 200, connection: null);

        // Verified once, it is not asked again after a restart within the hour.
        using Proxy after = new(memories, Yaml(verified, startsInMinutes: -61));
        Answer(after, Ask(after, Visitor), 200, connection: null);
        after.AssertClean();
        proxy.AssertClean();
    }

    [Fact]
    public void A_reload_that_closes_the_site_tells_the_web_sockets_that_were_open_before()
    {
        using Proxy proxy = new(Yaml("""windows: [{ from: "FROM", for: 1h }]""", startsInMinutes: 10_000));
        Peer chat = OpenWebSocket(proxy, Visitor);
        proxy.Reload(Yaml("status: 503", startsInMinutes: 0));
        proxy.Advance(500);
        chat.TakeAll().ShouldBe(GoingAway);
        Page(Ask(proxy, Visitor), retryAfter: "300");
        proxy.AssertClean();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_web_socket_that_never_ends_its_frame_is_ended_soon_after_the_window_began(bool goesOn)
    {
        using Proxy proxy = new(Yaml("""windows: [{ from: "FROM", for: 1h }]""", startsInMinutes: 1));
        Peer chat = OpenWebSocket(proxy, Visitor);
        chat.Send("\x82\xfe\xff\xff1234only the beginning");
        proxy.Advance(61_000, 500);
        chat.IsClosed.ShouldBeFalse();

        // Octets that go on coming may be a large message; the silent one is given less time.
        for (int seconds = 0; seconds < (goesOn ? 28 : 3); seconds++)
        {
            proxy.Advance(1_000, 250);
            if (goesOn)
            {
                chat.Send("more");
            }

            chat.IsClosed.ShouldBeFalse();
        }

        proxy.Advance(4_000, 250);
        chat.IsClosed.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Fact]
    public void Routes_that_share_a_path_are_closed_each_by_itself()
    {
        using Proxy proxy = new($$"""
            listen: [":8080"]
            sites:
              a.test:
                routes:
                  - path: /chat
                    header: { X-Which: first }
                    to: http://10.0.0.1:80
                  - path: /chat
                    stack: [{ maintenance: { windows: [{ from: "{{From(1)}}", for: 1h }] } }]
                    to: http://10.0.0.1:80
            """);
        Peer first = OpenWebSocket(proxy, Visitor, "X-Which: first");
        Peer second = OpenWebSocket(proxy, Visitor);
        proxy.Advance(62_000, 500);
        first.ExpectNothing();
        second.TakeAll().ShouldBe(GoingAway);
        proxy.Advance(6_000, 500);
        second.IsClosed.ShouldBeTrue();
        proxy.Ended.RouteName.ShouldBe("/chat (2)");
        first.End();
        proxy.AssertClean();
    }

    [Fact]
    public void A_weekly_window_comes_back()
    {
        using Proxy proxy = new(Yaml("""windows: [{ from: "FROM", for: 1h, repeat: weekly }]""", startsInMinutes: -(3 * 7 * 24 * 60) + 10));
        Answer(proxy, Ask(proxy, Visitor), 200, connection: null);
        proxy.Advance(11 * 60_000, 60_000);
        Page(Ask(proxy, Visitor), retryAfter: null);
        proxy.Advance(60 * 60_000, 60_000);
        Answer(proxy, Ask(proxy, Visitor), 200, connection: null);
        proxy.AssertClean();
    }

    [Fact]
    public void A_question_that_is_not_answered_keeps_visitors_out()
    {
        using Proxy proxy = new(Yaml("""
            windows: [{ from: "FROM", for: 1m }]
            verify: { path: /healthz, timeout: 1s }
            """, startsInMinutes: -1));
        proxy.Advance(500);
        proxy.Origin.Take();
        proxy.Advance(1_500);
        Page(Ask(proxy, Visitor), retryAfter: "2");
        Told(proxy).ShouldHaveSingleItem().ShouldContain("GET /healthz failed: ");
        proxy.AssertClean();
    }

    [Fact]
    public void Without_windows_the_site_is_closed()
    {
        using Proxy proxy = new(Yaml("status: 503", startsInMinutes: 0));
        Page(Ask(proxy, Visitor), retryAfter: "300");
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    private static string Yaml(string options, int startsInMinutes, string below = "security_headers")
    {
        string text = options.ReplaceLineEndings("\n            ").Replace("FROM", From(startsInMinutes), StringComparison.Ordinal);
        return $$"""
            listen: [":8080"]
            sites:
              a.test:
                stack:
                  - maintenance:
                        {{text}}
                  - {{below}}
                routes: [{ to: "http://10.0.0.1:80" }]
            """;
    }

    // The fake clock begins here.
    private static string From(int startsInMinutes) => DateTimeOffset.FromUnixTimeMilliseconds(1_763_715_601_000)
        .AddMinutes(startsInMinutes).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    // Weir asks within a second, on the newest connection.
    private static Message Question(Proxy proxy, string answer, string path = "/healthz")
    {
        proxy.Advance(1_000, 250);
        Message question = proxy.Origin.Take();
        question.StartLine.ShouldBe($"GET {path} HTTP/1.1");
        question["Cookie"].ShouldBeNull();
        proxy.Origin.Answer(proxy, "x", answer);
        return question;
    }

    private static Peer OpenWebSocket(Proxy proxy, uint address, params string[] lines)
    {
        Peer client = proxy.Connect(address);
        client.SendHead(
            ["GET /chat HTTP/1.1", "Host: a.test", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", .. lines]);
        proxy.Origin.Take()["Upgrade"].ShouldBe("websocket");
        proxy.Origin.Last.SendHead("HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: websocket");
        proxy.Run();
        client.TakeResponse().Status.ShouldBe(101);
        return client;
    }

    private static IEnumerable<string> Told(Proxy proxy) => proxy.Events.All
        .Where(record => record.Event == OperatorEvents.ModuleNote || record.Event == OperatorEvents.ModuleWarning)
        .Select(record => record.Values[1].ToString()!);

    private static Peer Ask(Proxy proxy, uint address, params string[] lines)
    {
        Peer client = proxy.Connect(address);
        client.SendHead(["GET / HTTP/1.1", "Host: a.test", .. lines]);
        return client;
    }

    private static void Answer(Proxy proxy, Peer client, int status, string? connection)
    {
        proxy.Origin.Take().StartLine.ShouldBe("GET / HTTP/1.1");
        proxy.Origin.Answer(proxy, "x");
        Message answer = client.TakeResponse();
        answer.Status.ShouldBe(status);
        answer["Connection"].ShouldBe(connection);
    }

    private static Message Page(Peer client, string? retryAfter)
    {
        Message page = client.TakeResponse();
        page.Status.ShouldBe(503);
        page["Cache-Control"].ShouldBe("no-store");
        page["Retry-After"].ShouldNotBeNull();
        if (retryAfter is not null)
        {
            page["Retry-After"].ShouldBe(retryAfter);
        }

        return page;
    }
}
