using Weir.Abstractions.Errors;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Modules;

/// <summary>Proves that `mirror` copies requests, and that whatever becomes of a copy, the client's request goes its way.</summary>
public sealed class MirrorTests
{
    [Fact]
    public void A_copy_goes_to_the_other_upstream_and_its_answer_nowhere()
    {
        using Proxy proxy = Build();
        Peer client = proxy.Connect();
        client.SendHead("GET /a?b=1 HTTP/1.1", "Host: a.test", "Cookie: c=1");
        Message copy = Next(proxy).Take();
        copy.StartLine.ShouldBe("GET /a?b=1 HTTP/1.1");
        copy["Host"].ShouldBe("a.test");
        copy["Cookie"].ShouldBe("c=1");
        Next(proxy).Answer(proxy, "copy");
        client.ExpectNothing();
        Real(proxy).Take();
        Real(proxy).Answer(proxy, "real");
        client.TakeResponse().Body.ShouldBe("real");
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("Content-Length: 5", "hello")]
    [InlineData("Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n")]
    public void Content_is_copied_as_it_passes(string framing, string content)
    {
        using Proxy proxy = Build();
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", framing);
        client.Send(content[..3]);
        Next(proxy).Connections.ShouldBeEmpty();
        client.Send(content[3..]);
        Real(proxy).Take().Body.ShouldBe("hello");
        Message copy = Next(proxy).Take();
        copy.Body.ShouldBe("hello");
        copy["Content-Length"].ShouldBe("5");
        Real(proxy).Answer(proxy, "real");
        client.TakeResponse().Body.ShouldBe("real");
        proxy.AssertClean();
    }

    [Fact]
    public void Content_beyond_the_bound_is_not_copied()
    {
        using Proxy proxy = Build("body: 4B");
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 5");
        client.Send("hello");
        Real(proxy).Take().Body.ShouldBe("hello");
        Real(proxy).Answer(proxy, "one");
        client.TakeResponse().Body.ShouldBe("one");
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Transfer-Encoding: chunked");
        client.Send("3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n");
        Real(proxy).Take().Body.ShouldBe("hello");
        Real(proxy).Answer(proxy, "two");
        client.TakeResponse().Body.ShouldBe("two");
        Next(proxy).Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    [Fact]
    public void A_dead_target_changes_nothing_for_the_client()
    {
        using Proxy proxy = Build();
        Next(proxy).Refusal = ProxyErrors.ConnectRefused;
        for (int i = 0; i < 20; i++)
        {
            Exchange(proxy, proxy.Connect());
        }

        proxy.AssertClean();
    }

    [Fact]
    public void A_silent_target_changes_nothing_for_the_client_and_is_given_up_in_time()
    {
        using Proxy proxy = Build("timeout: 2s, in_flight: 3");
        for (int i = 0; i < 10; i++)
        {
            Exchange(proxy, proxy.Connect());
        }

        Next(proxy).Connections.Count.ShouldBe(3);
        proxy.Advance(3_000);
        Next(proxy).Connections.ShouldAllBe(connection => connection.IsClosed);
        Exchange(proxy, proxy.Connect());
        Next(proxy).Connections.Count.ShouldBe(4);
        proxy.AssertClean();
    }

    [Fact]
    public void A_huge_answer_of_the_target_is_cut_off()
    {
        using Proxy proxy = Build();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        Next(proxy).Take();
        Next(proxy).Last.Send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n" + new string('x', 60_000));
        proxy.Run();
        Next(proxy).Last.IsClosed.ShouldBeTrue();
        Real(proxy).Take();
        Real(proxy).Answer(proxy, "real");
        client.TakeResponse().Body.ShouldBe("real");
        proxy.AssertClean();
    }

    [Fact]
    public void A_client_that_goes_away_takes_no_copy_along()
    {
        using Proxy proxy = Build();
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 5");
        client.Send("he");
        client.Reset();
        proxy.Run();
        Next(proxy).Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    [Fact]
    public void Only_the_share_that_is_asked_for_is_copied()
    {
        using Proxy proxy = Build("percent: 0%");
        Exchange(proxy, proxy.Connect());
        Next(proxy).Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    private static void Exchange(Proxy proxy, Peer client)
    {
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        Real(proxy).Take();
        Real(proxy).Answer(proxy, "real");
        client.TakeResponse().Body.ShouldBe("real");
    }

    private static OriginServer Real(Proxy proxy) => proxy.ServerAt("10.0.0.1:80");

    private static OriginServer Next(Proxy proxy) => proxy.ServerAt("10.0.0.2:80");

    private static Proxy Build(string options = "percent: 100%") => new($$"""
        listen: [":8080"]
        upstreams:
          app: { servers: ["http://10.0.0.1:80"] }
          next: { servers: ["http://10.0.0.2:80"] }
        sites:
          "*":
            stack: [{ mirror: { to: next, {{options}} } }]
            routes: [{ to: app }]
        """);
}
