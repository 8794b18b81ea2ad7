using Weir.Http.Http2;
using Weir.InMemory.Tests.Harness;
using Weir.Telemetry.Counting;

namespace Weir.InMemory.Tests.Http2;

/// <summary>How long a connection to an HTTP/2 origin lives, how a dead one is found, and what else goes over it.</summary>
public sealed class Http2OriginLifeTests
{
    private const string Yaml = """
        listen: [{ address: ":8080", protocols: [h1, h2] }]
        upstreams:
          app: { servers: [{ url: "http://10.0.0.1:80", protocol: h2 }] }
        sites:
          "*": app
        """;

    [Fact]
    public void A_connection_that_gives_no_sign_of_life_is_dropped_and_its_requests_move()
    {
        using Proxy proxy = new(Yaml);
        Peer client = proxy.Connect();
        FramePeer dead = Warm(proxy, client);
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        dead.TakeAll();
        proxy.Advance(10_500);
        dead.TakeTexts().ShouldBe(["Ping 0 0 8"]);
        dead.Send(FrameType.Ping, FrameFlags.Ack, 0, new byte[8]);
        proxy.Advance(10_500);
        dead.TakeTexts().ShouldBe(["Ping 0 0 8"]);
        proxy.Advance(5_500);
        dead.IsClosed.ShouldBeTrue();
        proxy.Counters.Total(Counter.OriginHttp2PingsLost).ShouldBe(1);
        proxy.Origin.Connections.Count.ShouldBe(2);
        proxy.Origin.Frames(proxy).Answer(1, "alive");
        client.TakeResponse().Body.ShouldBe("alive");
        proxy.AssertClean();
    }

    [Fact]
    public void A_silent_connection_is_asked_before_what_cannot_be_repeated_goes_over_it()
    {
        using Proxy proxy = new(Yaml);
        Peer client = proxy.Connect();
        FramePeer origin = Warm(proxy, client);
        proxy.Advance(20_000);
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        origin.TakeAll().Select(frame => frame.Type).ShouldBe([FrameType.Ping, FrameType.Headers]);
        origin.Send(FrameType.Ping, FrameFlags.Ack, 0, new byte[8]);
        origin.Answer(3, "x");
        client.TakeResponse();
        proxy.Advance(20_000);
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 0");
        origin.TakeAll().Select(frame => frame.Type).ShouldBe([FrameType.Ping]);
        origin.Send(FrameType.Ping, FrameFlags.Ack, 0, new byte[8]);
        origin.TakeAll().Select(frame => frame.Type).ShouldBe([FrameType.Headers]);
        origin.Answer(5, "posted");
        client.TakeResponse().Body.ShouldBe("posted");
        proxy.Origin.Connections.Count.ShouldBe(1);
        proxy.AssertClean();
    }

    [Fact]
    public void What_waits_for_a_dead_connection_to_answer_takes_a_new_one()
    {
        using Proxy proxy = new(Yaml);
        Peer client = proxy.Connect();
        FramePeer dead = Warm(proxy, client);
        proxy.Advance(20_000);
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 0");
        proxy.Origin.Connections.Count.ShouldBe(1);
        proxy.Advance(1_500);
        proxy.Origin.Connections.Count.ShouldBe(2);
        proxy.Origin.Frames(proxy).Answer(1, "posted");
        client.TakeResponse().Body.ShouldBe("posted");
        proxy.Advance(5_000);
        dead.IsClosed.ShouldBeTrue();
        proxy.Counters.Total(Counter.OriginHttp2PingsLost).ShouldBe(1);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("GET", 200)]
    [InlineData("POST", 502)]
    public void A_connection_that_dies_fails_its_requests_as_a_pooled_one_does(string method, int status)
    {
        using Proxy proxy = new(Yaml);
        Peer client = proxy.Connect();
        FramePeer origin = Warm(proxy, client);
        client.SendHead($"{method} / HTTP/1.1", "Host: a.test", "Content-Length: 0");
        origin.TakeAll();
        origin.End();
        if (status == 200)
        {
            proxy.Origin.Connections.Count.ShouldBe(2);
            proxy.Origin.Frames(proxy).Answer(1, "again");
        }

        client.TakeResponse().Status.ShouldBe(status);
        proxy.AssertClean();
    }

    [Fact]
    public void An_idle_connection_ends_after_its_time_and_says_so()
    {
        using Proxy proxy = new(Yaml);
        Peer client = proxy.Connect();
        FramePeer origin = Warm(proxy, client);
        proxy.Origin.Pool.IdleCount.ShouldBe(1);
        proxy.Advance(62_000);
        proxy.Origin.Pool.IdleCount.ShouldBe(0);
        origin.TakeAll().Last().Type.ShouldBe(FrameType.GoAway);
        origin.IsClosed.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Fact]
    public void An_idle_connection_whose_server_says_GOAWAY_is_replaced()
    {
        using Proxy proxy = new(Yaml);
        Peer client = proxy.Connect();
        FramePeer origin = Warm(proxy, client);
        origin.GoAway(1);
        origin.IsClosed.ShouldBeTrue();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 0");
        proxy.Origin.Connections.Count.ShouldBe(2);
        proxy.Origin.Frames(proxy).Answer(1, "x");
        client.TakeResponse().Status.ShouldBe(200);
        proxy.Counters.Total(Counter.OriginHttp2Goaways).ShouldBe(1);
        proxy.AssertClean();
    }

    [Fact]
    public void A_server_that_refuses_every_stream_is_a_503_and_not_asked_for_ever()
    {
        using Proxy proxy = new(Yaml);
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        int asked = 0;
        for (int i = 0; i < 20; i++)
        {
            FramePeer origin = proxy.Origin.Frames(proxy, i % proxy.Origin.Connections.Count);
            if (origin.TakeAll().Find(frame => frame.Type == FrameType.Headers) is { } head)
            {
                asked++;
                origin.Reset(head.Stream, Http2ErrorCode.RefusedStream);
            }
        }

        asked.ShouldBe(4);
        client.TakeResponse().Status.ShouldBe(503);
        proxy.Ended.Error.ShouldBe("origin_refused");
        proxy.AssertClean();
    }

    [Fact]
    public void What_was_refused_stays_unsent_until_the_connection_has_room()
    {
        using Proxy proxy = new(
            Yaml.Replace("protocol: h2 }] }", "protocol: h2 }], limits: { connections: 1 } }", StringComparison.Ordinal));
        Http2Peer client = new(proxy);
        client.Request(1);
        client.Request(3);
        FramePeer origin = proxy.Origin.Frames(proxy);
        origin.TakeAll().Count.ShouldBe(2);
        origin.Reset(3, Http2ErrorCode.RefusedStream);
        origin.TakeAll().ShouldBeEmpty();
        origin.Answer(1, "one");
        origin.TakeAll().Single(frame => frame.Type == FrameType.Headers).Stream.ShouldBe(5);
        origin.Answer(5, "two");
        Http2Peer.Content(client.TakeAll(), 3).ShouldBe("two");
        proxy.AssertClean();
    }

    [Fact]
    public void A_GOAWAY_before_a_POST_has_left_moves_it_with_its_content()
    {
        using Proxy proxy = new(Yaml);
        Peer client = proxy.Connect();
        FramePeer origin = Warm(proxy, client);
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 4");
        client.Send("body");
        origin.TakeAll().Last().Text.ShouldBe("body");
        origin.GoAway(1);
        FramePeer next = proxy.Origin.Frames(proxy);
        next.TakeAll().Last().Text.ShouldBe("body");
        next.Answer(1, "x");
        client.TakeResponse().Status.ShouldBe(200);
        proxy.AssertClean();
    }

    [Fact]
    public void Without_extended_CONNECT_a_WebSocket_takes_a_connection_of_HTTP_1_1()
    {
        using Proxy proxy = new(Yaml);
        Peer client = proxy.Connect();
        Warm(proxy, client);
        proxy.Origin.Greets = false;
        AskForWebSocket(client);
        proxy.Origin.Connections.Count.ShouldBe(2);
        Message request = proxy.Origin.Take();
        request.StartLine.ShouldBe("GET /chat HTTP/1.1");
        proxy.Origin.Last.Send(
            "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\nhi");
        proxy.Run();
        client.TakeResponse().Status.ShouldBe(101);
        client.TakeAll().ShouldBe("hi");
        client.End();
        proxy.Origin.Last.End();
        proxy.Run();
        proxy.AssertClean();
    }

    [Fact]
    public void Where_neither_version_takes_a_WebSocket_the_error_says_so()
    {
        using Proxy proxy = new(Yaml);
        Peer client = proxy.Connect();
        Warm(proxy, client);
        AskForWebSocket(client);
        client.TakeResponse().Status.ShouldBe(502);
        proxy.Ended.Error.ShouldBe("origin_no_tunnel");
        proxy.AssertClean();
    }

    [Fact]
    public void Checks_go_over_HTTP_2_on_connections_of_their_own()
    {
        using Proxy proxy = new(Yaml.Replace(
            "protocol: h2 }] }", "protocol: h2 }], health: { active: { path: /up, interval: 2s, timeout: 1s } } }", StringComparison.Ordinal));
        for (int i = 0; i < 50 && proxy.Origin.Connections.Count == 0; i++)
        {
            proxy.Advance(100, 50);
        }

        FramePeer check = proxy.Origin.Frames(proxy, 0);
        Http2Frame asked = check.TakeAll().First(frame => frame.Type == FrameType.Headers);
        FramePeer.Field(asked, ":path").ShouldBe("/up");
        check.Answer(1, "well");
        check.IsClosed.ShouldBeTrue();
        check.TakeAll().Last().Type.ShouldBe(FrameType.GoAway);
        proxy.OnlyUpstream.Servers[0].IsFailingChecks.ShouldBeFalse();
        proxy.AssertClean();
    }

    [Fact]
    public void A_server_that_allows_no_streams_is_not_connected_to_again_and_again()
    {
        using Proxy proxy = new(Yaml);
        proxy.Origin.Settings = Http2Peer.Setting(3, 0);
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Connections.Count.ShouldBe(1);
        FramePeer origin = proxy.Origin.Frames(proxy);
        origin.TakeAll().ShouldBeEmpty();
        origin.Send(FrameType.Settings, 0, 0, Http2Peer.Setting(3, 1));
        origin.TakeAll().Count(frame => frame.Type == FrameType.Headers).ShouldBe(1);
        origin.Answer(1, "at last");
        client.TakeResponse().Body.ShouldBe("at last");
        origin.Send(FrameType.Settings, 0, 0, Http2Peer.Setting(3, 0));
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Advance(2_500);
        client.TakeResponse().Status.ShouldBe(503);
        proxy.Origin.Connections.Count.ShouldBe(2, "The second was made because the first was full.");
        proxy.AssertClean();
    }

    [Fact]
    public void A_slow_server_is_hedged_over_HTTP_2()
    {
        using Proxy proxy = new("""
            listen: [":8080"]
            upstreams:
              app:
                servers: [{ url: "http://10.0.0.1:80", protocol: h2 }, { url: "http://10.0.0.2:80", protocol: h2 }]
                balance: round_robin
                retry: { hedge: { after: 100ms } }
            sites:
              "*": app
            """);
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        OriginServer slow = proxy.Servers.Single(server => server.Connections.Count == 1);
        OriginServer quick = proxy.Servers.Single(server => server.Connections.Count == 0);
        proxy.Advance(200, 50);
        quick.Frames(proxy).Answer(1, "quick");
        client.TakeResponse().Body.ShouldBe("quick");
        slow.Frames(proxy).TakeTexts().Last().ShouldBe("RST_STREAM 1 Cancel");
        slow.Frames(proxy).IsClosed.ShouldBeFalse();
        proxy.AssertClean();
    }

    [Fact]
    public void TE_is_said_to_an_origin_only_where_the_client_says_it()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1);
        proxy.Origin.Take()["TE"].ShouldBeNull();
        client.Request(3, Http2Peer.Fields(more: "te=trailers"));
        proxy.Origin.Take()["TE"].ShouldBe("trailers");
        proxy.AssertClean();
    }

    [Fact]
    public void A_proof_of_a_WebSocket_that_is_wrong_is_not_passed_on()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("CONNECT", "/", ":protocol=websocket|sec-websocket-version=13"), ends: false);
        proxy.Origin.Last.Send(
            "HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
        client.TakeAll().First(frame => frame.Type == FrameType.Headers).Fields.ShouldStartWith(":status: 502");
        proxy.AssertClean();
    }

    [Fact]
    public void A_drained_server_takes_no_more_and_finishes_what_runs()
    {
        using Proxy proxy = new(Yaml);
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        FramePeer origin = proxy.Origin.Frames(proxy);
        origin.TakeAll();
        proxy.Origin.Pool.Retire();
        proxy.Run();
        origin.IsClosed.ShouldBeFalse();
        origin.Answer(1, "last");
        client.TakeResponse().Body.ShouldBe("last");
        origin.TakeAll().Last().Type.ShouldBe(FrameType.GoAway);
        origin.IsClosed.ShouldBeTrue();
        proxy.AssertClean();
    }

    private static FramePeer Warm(Proxy proxy, Peer client)
    {
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        FramePeer origin = proxy.Origin.Frames(proxy);
        origin.TakeAll();
        origin.Answer(1, "warm");
        client.TakeResponse().Body.ShouldBe("warm");
        return origin;
    }

    private static void AskForWebSocket(Peer client) => client.SendHead(
        "GET /chat HTTP/1.1", "Host: a.test", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
}
