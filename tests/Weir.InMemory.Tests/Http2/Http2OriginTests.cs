using Weir.Http.Http2;
using Weir.InMemory.Tests.Harness;
using Weir.Telemetry.Counting;

namespace Weir.InMemory.Tests.Http2;

/// <summary>HTTP/2 origins, frame by frame: how requests reach them, and what becomes of their answers.</summary>
public sealed class Http2OriginTests
{
    /// <summary>One server that speaks HTTP/2.</summary>
    private const string Yaml = """
        listen: [{ address: ":8080", protocols: [h1, h2] }]
        upstreams:
          app: { servers: [{ url: "http://10.0.0.1:80", protocol: h2 }] }
        sites:
          "*": app
        """;

    [Fact]
    public void A_request_becomes_a_stream_and_its_answer_comes_back()
    {
        using Proxy proxy = new(Yaml);
        Peer client = proxy.Connect();
        client.SendHead("GET /a?b=c HTTP/1.1", "Host: a.test", "X-Mixed: Case", "Cookie: a=1", "Connection: close, X-Gone", "X-Gone: 1");
        FramePeer origin = proxy.Origin.Frames(proxy);
        origin.TakeTexts().ShouldBe(
            ["HEADERS 1 end :method: GET|:scheme: http|:authority: a.test|:path: /a?b=c|x-mixed: Case|cookie: a=1"]);
        origin.Answer(1, "hello", ":status=200|content-type=text/plain|x-low=1");
        Message response = client.TakeResponse();
        response.StartLine.ShouldBe("HTTP/1.1 200 OK");
        response["Content-Type"].ShouldBe("text/plain");
        response["x-low"].ShouldBe("1");
        response["Via"].ShouldStartWith("2 ");
        response.Body.ShouldBe("hello");
        proxy.AssertClean();
    }

    [Fact]
    public void Requests_share_a_connection_and_the_frames_of_a_turn_leave_in_one_write()
    {
        using Proxy proxy = new(Yaml);
        proxy.Connect().SendHead("GET / HTTP/1.1", "Host: a.test");
        FramePeer origin = proxy.Origin.Frames(proxy);
        origin.TakeAll();
        origin.Answer(1, "x");
        Http2Peer client = new(proxy);
        int calls = origin.Connection.CallCount;
        client.SendRaw([.. Enumerable.Range(0, 10).SelectMany(i =>
            Http2Peer.Frame(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, 1 + (2 * i), Http2Peer.Block(Http2Peer.Fields())))]);
        origin.TakeAll().Select(frame => frame.Stream).ShouldBe(Enumerable.Range(0, 10).Select(i => 3 + (2 * i)));
        (origin.Connection.CallCount - calls).ShouldBe(1);
        origin.SendRaw([.. Enumerable.Range(0, 10).SelectMany(i =>
            Http2Peer.Frame(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, 21 - (2 * i), Http2Peer.Block(":status=204")))]);
        client.TakeAll().Count(frame => frame.EndsStream).ShouldBe(10);
        proxy.Origin.Connections.Count.ShouldBe(1);
        proxy.AssertClean();
    }

    [Fact]
    public void Content_streams_both_ways_and_trailers_follow()
    {
        using Proxy proxy = new(Yaml);
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("POST", more: "te=trailers"), ends: false);
        client.Data(1, "one");
        FramePeer origin = proxy.Origin.Frames(proxy);
        origin.TakeTexts().ShouldBe(
            ["HEADERS 1 :method: POST|:scheme: http|:authority: a.example|:path: /|te: trailers", "DATA 1 3"]);
        origin.Head(1, ":status=200");
        origin.Data(1, "abc");
        client.TakeTexts().ShouldBe(["HEADERS 1 :status: 200", "DATA 1 3"]);
        client.Send(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, 1, Http2Peer.Block("x-sum=3"));
        origin.TakeTexts().ShouldBe(["HEADERS 1 end x-sum: 3"]);
        origin.Head(1, "grpc-status=0", ends: true);
        client.TakeTexts().ShouldBe(["HEADERS 1 end grpc-status: 0"]);
        proxy.AssertClean();
    }

    [Fact]
    public void Interim_answers_Expect_and_HEAD_pass()
    {
        using Proxy proxy = new(Yaml);
        Peer client = proxy.Connect();
        client.SendHead("PUT / HTTP/1.1", "Host: a.test", "Expect: 100-continue", "Content-Length: 2");
        FramePeer origin = proxy.Origin.Frames(proxy);
        origin.TakeTexts().ShouldBe(
            ["HEADERS 1 :method: PUT|:scheme: http|:authority: a.test|:path: /|expect: 100-continue|content-length: 2"]);
        origin.SendRaw([
            .. Http2Peer.Frame(FrameType.Headers, FrameFlags.EndHeaders, 1, Http2Peer.Block(":status=103|link=</a>")),
            .. Http2Peer.Frame(FrameType.Headers, FrameFlags.EndHeaders, 1, Http2Peer.Block(":status=100"))]);
        client.TakeResponse().Status.ShouldBe(103);
        client.TakeResponse().Status.ShouldBe(100);
        client.Send("ok");
        origin.TakeTexts().ShouldBe(["DATA 1 end 2"]);
        origin.Head(1, ":status=204", ends: true);
        client.TakeResponse().Status.ShouldBe(204);
        client.SendHead("HEAD / HTTP/1.1", "Host: a.test");
        origin.Head(3, ":status=200|content-length=500", ends: true);
        client.TakeResponse(isHead: true)["Content-Length"].ShouldBe("500");
        proxy.AssertClean();
    }

    [Fact]
    public void The_servers_limits_of_streams_is_kept_and_a_second_connection_is_made_in_time()
    {
        using Proxy proxy = new(Yaml);
        proxy.Origin.Settings = Http2Peer.Setting(3, 5);
        Http2Peer client = new(proxy);
        for (int i = 0; i < 3; i++)
        {
            client.Request(1 + (2 * i));
        }

        proxy.Origin.Connections.Count.ShouldBe(1);
        client.Request(7);
        proxy.Origin.Connections.Count.ShouldBe(2, "The fourth of five is 80 %.");
        for (int i = 4; i < 8; i++)
        {
            client.Request(1 + (2 * i));
        }

        proxy.Origin.Frames(proxy, 0).TakeAll().Count.ShouldBeLessThanOrEqualTo(5);
        proxy.Origin.Frames(proxy, 1).TakeAll().Count.ShouldBeLessThanOrEqualTo(5);
        proxy.AssertClean();
    }

    [Fact]
    public void Who_finds_no_place_waits_for_one()
    {
        using Proxy proxy = new(
            Yaml.Replace("protocol: h2 }] }", "protocol: h2 }], limits: { connections: 1 } }", StringComparison.Ordinal));
        proxy.Origin.Settings = Http2Peer.Setting(3, 1);
        Http2Peer client = new(proxy);
        client.Request(1);
        client.Request(3);
        FramePeer origin = proxy.Origin.Frames(proxy);
        origin.TakeAll().Count.ShouldBe(1);
        origin.Answer(1, "a");
        origin.TakeAll().Single().Stream.ShouldBe(3);
        origin.Answer(3, "b");
        proxy.Origin.Connections.Count.ShouldBe(1);
        client.Request(5);
        client.Request(7);
        proxy.Advance(3_000);
        client.TakeAll().Where(frame => frame.Type == FrameType.Headers).Select(frame => frame.Fields.Split('\n')[0])
            .ShouldBe([":status: 200", ":status: 200", ":status: 503"]);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public void A_refused_stream_is_sent_again_whatever_its_method(string method)
    {
        using Proxy proxy = new(Yaml);
        Peer client = proxy.Connect();
        client.SendHead($"{method} / HTTP/1.1", "Host: a.test", "Content-Length: 2");
        client.Send("hi");
        FramePeer origin = proxy.Origin.Frames(proxy);
        origin.TakeAll().Last().Text.ShouldBe("hi");
        origin.Reset(1, Http2ErrorCode.RefusedStream);
        List<Http2Frame> again = origin.TakeAll();
        again.Select(frame => frame.Stream).ShouldBe([3, 3]);
        again[1].Text.ShouldBe("hi");
        origin.Answer(3, "done");
        client.TakeResponse().Body.ShouldBe("done");
        proxy.Counters.Total(Counter.OriginHttp2Refused).ShouldBe(1);
        proxy.AssertClean();
    }

    [Fact]
    public void Streams_above_the_last_of_a_GOAWAY_move_and_the_others_finish()
    {
        using Proxy proxy = new(Yaml);
        Http2Peer client = new(proxy);
        client.Request(1);
        client.Request(3, Http2Peer.Fields("POST"), ends: false);
        client.Data(3, "body", ends: true);
        FramePeer first = proxy.Origin.Frames(proxy);
        first.TakeAll();
        first.GoAway(1);
        FramePeer second = proxy.Origin.Frames(proxy);
        proxy.Origin.Connections.Count.ShouldBe(2);
        List<Http2Frame> moved = second.TakeAll();
        FramePeer.Field(moved[0], ":method").ShouldBe("POST");
        second.Answer(1, "moved");
        first.Answer(1, "stayed");
        List<Http2Frame> frames = client.TakeAll();
        Http2Peer.Content(frames, 1).ShouldBe("stayed");
        Http2Peer.Content(frames, 3).ShouldBe("moved");
        first.IsClosed.ShouldBeTrue();
        second.IsClosed.ShouldBeFalse();
        proxy.AssertClean();
    }

    [Fact]
    public void A_reset_behind_the_head_reaches_the_client_as_one()
    {
        using Proxy proxy = new(Yaml);
        Http2Peer client = new(proxy);
        client.Request(1);
        FramePeer origin = proxy.Origin.Frames(proxy);
        origin.Head(1, ":status=200");
        origin.Data(1, "part");
        origin.Reset(1, Http2ErrorCode.InternalError);
        List<Http2Frame> frames = client.TakeAll();
        Http2Peer.Content(frames, 1).ShouldBe("part");
        frames.Last().ToString().ShouldBe("RST_STREAM 1 InternalError");
        Peer plain = proxy.Connect();
        plain.SendHead("GET / HTTP/1.1", "Host: a.test");
        origin.Head(3, ":status=200");
        origin.Data(3, "part");
        origin.Reset(3, Http2ErrorCode.InternalError);
        plain.Received.ShouldEndWith("part\r\n");
        plain.WasReset.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Fact]
    public void A_client_that_goes_cancels_its_stream_and_no_other()
    {
        using Proxy proxy = new(Yaml);
        Http2Peer client = new(proxy);
        client.Request(1);
        client.Request(3);
        FramePeer origin = proxy.Origin.Frames(proxy);
        origin.TakeAll();
        client.Send(FrameType.RstStream, 0, 1, Http2Peer.Number((uint)Http2ErrorCode.Cancel));
        origin.TakeTexts().ShouldBe(["RST_STREAM 1 Cancel"]);
        Peer plain = proxy.Connect();
        plain.SendHead("GET / HTTP/1.1", "Host: a.test");
        origin.TakeAll();
        plain.Reset();
        origin.TakeTexts().ShouldBe(["RST_STREAM 5 Cancel"]);
        origin.Answer(3, "ok");
        Http2Peer.Content(client.TakeAll(), 3).ShouldBe("ok");
        proxy.AssertClean();
    }

    [Fact]
    public void An_early_answer_ends_the_request_without_an_error()
    {
        using Proxy proxy = new(Yaml);
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("POST"), ends: false);
        client.Data(1, "some");
        FramePeer origin = proxy.Origin.Frames(proxy);
        origin.TakeAll();
        origin.Answer(1, "no", ":status=403");
        origin.Reset(1, Http2ErrorCode.NoError);
        List<Http2Frame> frames = client.TakeAll();
        frames.ShouldContain(frame => frame.Type == FrameType.Headers && frame.Fields.StartsWith(":status: 403", StringComparison.Ordinal));
        Http2Peer.Content(frames, 1).ShouldBe("no");
        frames.Last().ToString().ShouldBe("RST_STREAM 1 NoError");
        proxy.AssertClean();
    }
}
