using System.Globalization;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Modules;

/// <summary>Proves `maintenance` from the schedule of a window to its end.</summary>
public sealed class MaintenanceTests
{
    private const uint Inside = 0x0A010203;
    private const uint Visitor = 0xC0000201;

    [Fact]
    public void A_window_drains_closes_lets_some_pass_verifies_and_opens_again()
    {
        using Proxy proxy = Build("""
            windows: [{ from: "FROM", for: 1h }]
            drain: 5m
            session_cookie: sid
            bypass: [10.0.0.0/8]
            verify: { path: /healthz, interval: 2s, rise: 2 }
            """, startsInMinutes: 10);

        // Long before: nothing is changed.
        Answer(proxy, Serve(proxy, Visitor), 200, connection: null);

        // Five minutes before: known visitors are served and let go, new ones get the page.
        proxy.Advance(6 * 60_000, 30_000);
        Answer(proxy, Serve(proxy, Visitor, "Cookie: sid=1"), 200, connection: "close");
        Page(Ask(proxy, Visitor), retryAfter: "300");

        // The window: the page until its end; who bypasses it is served.
        proxy.Advance(5 * 60_000, 30_000);
        Message page = Page(Ask(proxy, Visitor, "Cookie: sid=1"), retryAfter: null);
        int.Parse(page["Retry-After"]!, CultureInfo.InvariantCulture).ShouldBeInRange(3500, 3600);
        page.Body.ShouldContain("Back soon");
        Answer(proxy, Serve(proxy, Inside), 200, connection: null);

        // Behind it: the first request asks the origin, which is not well yet.
        proxy.Advance(60 * 60_000, 60_000);
        Peer first = Ask(proxy, Visitor, "Cookie: secret=1");
        Message question = proxy.Origin.Take();
        question.StartLine.ShouldBe("GET /healthz HTTP/1.1");
        question["Cookie"].ShouldBeNull();
        question["Host"].ShouldBe("a.test");
        Page(Ask(proxy, Visitor), retryAfter: "2");
        proxy.Origin.Last.Send("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        proxy.Run();
        Page(first, retryAfter: "2");

        // Not again within the interval; then two good answers open the site.
        Page(Ask(proxy, Visitor), retryAfter: "2");
        proxy.Advance(2_000);
        Peer second = Ask(proxy, Visitor);
        proxy.Origin.Take().StartLine.ShouldBe("GET /healthz HTTP/1.1");
        proxy.Origin.Answer(proxy, "well");
        Page(second, retryAfter: "2");
        proxy.Advance(2_000);
        Peer third = Ask(proxy, Visitor);
        proxy.Origin.Take().StartLine.ShouldBe("GET /healthz HTTP/1.1");
        proxy.Origin.Answer(proxy, "well");

        // Whose question was the last one needed is served at once, and everyone after.
        Answer(proxy, third, 200, connection: null);
        Answer(proxy, Serve(proxy, Visitor), 200, connection: null);
        proxy.AssertClean();
    }

    [Fact]
    public void A_weekly_window_comes_back()
    {
        using Proxy proxy = Build("""windows: [{ from: "FROM", for: 1h, repeat: weekly }]""", startsInMinutes: -(3 * 7 * 24 * 60) + 10);
        Answer(proxy, Serve(proxy, Visitor), 200, connection: null);
        proxy.Advance(11 * 60_000, 60_000);
        Page(Ask(proxy, Visitor), retryAfter: null);
        proxy.Advance(60 * 60_000, 60_000);
        Answer(proxy, Serve(proxy, Visitor), 200, connection: null);
        proxy.AssertClean();
    }

    [Fact]
    public void A_question_that_is_not_answered_keeps_visitors_out()
    {
        using Proxy proxy = Build("""
            windows: [{ from: "FROM", for: 1m }]
            verify: { path: /healthz, timeout: 1s }
            """, startsInMinutes: -1);
        Peer client = Ask(proxy, Visitor);
        proxy.Origin.Take();
        client.ExpectNothing();
        proxy.Advance(1_500);
        Page(client, retryAfter: "2");
        proxy.AssertClean();
    }

    [Fact]
    public void Without_windows_the_site_is_closed()
    {
        using Proxy proxy = Build("status: 503", startsInMinutes: 0);
        Page(Ask(proxy, Visitor), retryAfter: "300");
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    private static Proxy Build(string options, int startsInMinutes)
    {
        // The fake clock begins here.
        DateTimeOffset from = DateTimeOffset.FromUnixTimeMilliseconds(1_763_715_601_000).AddMinutes(startsInMinutes);
        string text = options.ReplaceLineEndings("\n            ").Replace("FROM", from.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture), StringComparison.Ordinal);
        return new Proxy($$"""
            listen: [":8080"]
            sites:
              "*":
                stack:
                  - maintenance:
                        {{text}}
                routes: [{ to: "http://10.0.0.1:80" }]
            """);
    }

    private static Peer Ask(Proxy proxy, uint address, params string[] lines)
    {
        Peer client = proxy.Connect(address);
        client.SendHead(["GET / HTTP/1.1", "Host: a.test", .. lines]);
        return client;
    }

    private static Peer Serve(Proxy proxy, uint address, params string[] lines) => Ask(proxy, address, lines);

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
