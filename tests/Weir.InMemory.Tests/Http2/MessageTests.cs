using Weir.Http.Http2;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Http2;

/// <summary>RFC 9113 section 8: which messages are malformed, and that nothing of one reaches an origin.</summary>
public sealed class MessageTests
{
    private const string Get = ":method=GET|:scheme=http|:path=/|:authority=a";
    private const byte Whole = FrameFlags.EndHeaders | FrameFlags.EndStream;

    [Theory]
    [InlineData(Get + "|content-type=a|Content-length=0")]
    [InlineData(Get + "|x\u0080=1")]
    [InlineData(Get + "|x y=1")]
    [InlineData(Get + "|x:y=1")]
    [InlineData(Get + "|x\u007f=1")]
    [InlineData(Get + "|x=\u0000")]
    [InlineData(Get + "|x=a\nb")]
    [InlineData(Get + "|x=a\rb")]
    [InlineData(Get + "|x= a")]
    [InlineData(Get + "|x=a\t")]
    [InlineData(Get + "|connection=x")]
    [InlineData(Get + "|keep-alive=timeout\u003d5")]
    [InlineData(Get + "|proxy-connection=keep-alive")]
    [InlineData(Get + "|transfer-encoding=chunked")]
    [InlineData(Get + "|upgrade=h2c")]
    [InlineData(Get + "|te=trailers, deflate")]
    [InlineData(Get + "|:path=/")]
    [InlineData(Get + "|x=y|:authority=b")]
    [InlineData(Get + "|:test=1")]
    [InlineData(Get + "|:status=200")]
    [InlineData(Get + "|:protocol=websocket")]
    [InlineData(":method=GET|:scheme=http|:authority=a")]
    [InlineData(":method=GET|:path=/|:authority=a")]
    [InlineData(":scheme=http|:path=/|:authority=a")]
    [InlineData(":method=GET|:scheme=http|:path=|:authority=a")]
    [InlineData(":method=GET|:method=POST|:scheme=http|:path=/|:authority=a")]
    [InlineData(":method=GET|:scheme=http|:scheme=http|:path=/|:authority=a")]
    [InlineData(":method=GET|:scheme=http|:path=/|:authority=me@a")]
    [InlineData(":method=GET|:scheme=http|:path=/|:authority=a|host=b")]
    [InlineData(":method=CONNECT|:scheme=http|:authority=a:1")]
    [InlineData(":method=CONNECT|:path=/|:authority=a:1")]
    [InlineData(":method=CONNECT|:protocol=websocket|:authority=a")]
    public void A_malformed_request_is_reset_and_reaches_no_origin(string fields)
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1, fields);
        client.ExpectReset(1, Http2ErrorCode.ProtocolError);
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("3", "ab", true)]
    [InlineData("3", "abcd", true)]
    [InlineData("0", "a", true)]
    [InlineData("3", "", true)]
    public void Content_of_another_length_than_announced_resets_and_is_never_whole_at_the_origin(string length, string content, bool ends)
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("POST", more: $"content-length={length}"), ends: false);
        client.Data(1, content, ends);
        client.ExpectReset(1, Http2ErrorCode.ProtocolError);
        foreach (Peer origin in proxy.Origin.Connections)
        {
            (length != "0" && origin.TryTake(isResponse: false, isHead: false, out _)).ShouldBeFalse();
            origin.IsClosed.ShouldBeTrue();
        }

        proxy.AssertClean();
    }

    [Theory]
    [InlineData("3", "a", "b")]
    [InlineData("3", "ab", "cd")]
    public void Several_frames_of_content_are_summed(string length, string first, string second) => Http2Peer.Talk(client =>
    {
        client.Request(1, Http2Peer.Fields("POST", more: $"content-length={length}"), ends: false);
        client.Data(1, first);
        client.Data(1, second, ends: true);
        client.ExpectReset(1, Http2ErrorCode.ProtocolError);
    });

    [Fact]
    public void Trailers_end_content_that_is_too_short_with_a_reset() => Http2Peer.Talk(client =>
    {
        client.Request(1, Http2Peer.Fields("POST", more: "content-length=3"), ends: false);
        client.Data(1, "ab");
        client.Send(FrameType.Headers, Whole, 1, Http2Peer.Block("x=y"));
        client.ExpectReset(1, Http2ErrorCode.ProtocolError);
    });

    [Theory]
    [InlineData(":path=/")]
    [InlineData(":status=200")]
    [InlineData("x=1|:method=GET")]
    [InlineData("X=1")]
    [InlineData("connection=close")]
    [InlineData("x=a\nb")]
    public void Malformed_trailers_reset_the_stream(string trailers)
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("POST"), ends: false);
        client.Data(1, "ab");
        client.Send(FrameType.Headers, Whole, 1, Http2Peer.Block(trailers));
        client.ExpectReset(1, Http2ErrorCode.ProtocolError);
        Peer origin = proxy.Origin.Connections[0];
        origin.TryTake(isResponse: false, isHead: false, out _).ShouldBeFalse();
        origin.IsClosed.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Fact]
    public void A_response_says_nothing_of_the_origins_connection()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields(more: "te=trailers"));
        proxy.Origin.Next().Send("HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Private\r\nKeep-Alive: timeout=5\r\nX-Private: 1\r\nProxy-Connection: x\r\n"
            + "Upgrade: h2c\r\nX-KEPT: Value\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n");
        string[] frames = client.TakeTexts();
        frames[0].ShouldBe("HEADERS 1 :status: 200|x-kept: Value|trailer: X-Sum");
        frames[^1].ShouldBe("HEADERS 1 end x-sum: 1");
        proxy.AssertClean();
    }

    [Fact]
    public void A_101_that_nobody_asked_for_reaches_no_HTTP2_client()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1);
        proxy.Origin.Next().Send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
        client.TakeAll()[0].Fields.ShouldStartWith(":status: 502");
        proxy.AssertClean();
    }

    [Fact]
    public void Nothing_is_ever_promised()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy, true, Http2Peer.Setting(2, 1));
        client.Request(1);
        proxy.Origin.Next().Answer(proxy, "a", "HTTP/1.1 200 OK", "Link: </a.css>; rel=preload; as=style");
        client.TakeAll().ShouldNotContain(frame => frame.Type == FrameType.PushPromise);
        proxy.AssertClean();
    }

    [Fact]
    public void An_early_answer_comes_before_the_malformed_rest()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("POST", more: "content-length=3"), ends: false);
        proxy.Origin.Next().Send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        client.TakeAll();
        client.Data(1, "abcd", ends: true);
        client.ExpectReset(1, Http2ErrorCode.ProtocolError);
        proxy.AssertClean();
    }
}
