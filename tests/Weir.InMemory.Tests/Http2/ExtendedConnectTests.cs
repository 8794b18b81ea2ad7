using Weir.Http.Http2;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Http2;

/// <summary>RFC 8441: WebSocket over a stream.</summary>
public sealed class ExtendedConnectTests
{
    private const string WebSocket = ":protocol=websocket|sec-websocket-version=13";

    [Theory]
    [InlineData(8, 2u)]
    [InlineData(9, 2u)]
    public void Its_setting_is_0_or_1(int id, uint value) => Http2Peer.Talk(client =>
    {
        client.Send(FrameType.Settings, 0, 0, Http2Peer.Setting(id, value));
        client.ExpectGoAway(Http2ErrorCode.ProtocolError, 0);
    });

    [Fact]
    public void Its_setting_is_not_taken_back() => Http2Peer.Talk(client =>
    {
        client.Send(FrameType.Settings, 0, 0, Http2Peer.Setting(8, 1));
        client.TakeTexts().ShouldBe(["Settings 0 1 0"]);
        client.Send(FrameType.Settings, 0, 0, Http2Peer.Setting(8, 0));
        client.ExpectGoAway(Http2ErrorCode.ProtocolError, 0);
    });

    [Theory]
    [InlineData(":method=CONNECT|:protocol=websocket|:path=/|:authority=a")]
    [InlineData(":method=CONNECT|:protocol=websocket|:scheme=http|:authority=a")]
    [InlineData(":method=GET|:protocol=websocket|:scheme=http|:path=/|:authority=a")]
    [InlineData(":method=CONNECT|:protocol=web socket|:scheme=http|:path=/|:authority=a")]
    public void It_has_scheme_and_path_and_only_CONNECT_has_a_protocol(string fields) => Http2Peer.Talk(client =>
    {
        client.Request(1, fields, ends: false);
        client.ExpectReset(1, Http2ErrorCode.ProtocolError);
    });

    [Fact]
    public void Fields_in_a_tunnel_are_a_stream_error()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        Peer origin = Open(proxy, client);
        client.Send(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, 1, Http2Peer.Block("x=y"));
        client.ExpectReset(1, Http2ErrorCode.ProtocolError);
        origin.IsClosed.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Fact]
    public void A_reset_ends_the_origins_connection_and_an_origins_reset_the_stream()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        Peer origin = Open(proxy, client);
        client.Send(FrameType.RstStream, 0, 1, 0, 0, 0, 8);
        origin.IsClosed.ShouldBeTrue();
        client.TakeTexts().ShouldBeEmpty();
        client.Request(3, Http2Peer.Fields("CONNECT", "/ws", WebSocket), ends: false);
        origin = proxy.Origin.Next();
        origin.SendSwitch();
        client.TakeAll();
        origin.Reset();
        proxy.Run();
        client.TakeTexts().ShouldContain(frame => frame.StartsWith("RST_STREAM 3 ", StringComparison.Ordinal));
        proxy.AssertClean();
    }

    [Fact]
    public void Octets_that_come_with_the_end_reach_the_origin()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        Peer origin = Open(proxy, client);
        origin.TakeAll();
        client.Data(1, "last words", ends: true);
        origin.TakeAll().ShouldBe("last words");
        origin.IsEnded.ShouldBeTrue();
        origin.Send("bye");
        origin.End();
        client.TakeTexts().ShouldBe(["DATA 1 3", "DATA 1 end 0"]);
        proxy.AssertClean();
    }

    [Fact]
    public void An_origin_that_declines_is_heard_as_it_speaks()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("CONNECT", "/ws", WebSocket), ends: false);
        client.Data(1, "early");
        Peer origin = proxy.Origin.Next();
        origin.Received.ShouldEndWith("\r\n\r\n", customMessage: "nothing is a tunnel before the switch");
        origin.Answer(proxy, "no", "HTTP/1.1 403 Forbidden");
        client.TakeTexts().ShouldBe(["HEADERS 1 :status: 403|content-length: 2", "DATA 1 end 2", "RST_STREAM 1 NoError"]);
        proxy.AssertClean();
    }

    [Fact]
    public void What_comes_before_the_switch_waits_for_it()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("CONNECT", "/ws", WebSocket), ends: false);
        client.Data(1, "early");
        Peer origin = proxy.Origin.Next();
        origin.TakeAll().ShouldNotContain("early");
        origin.SendSwitch();
        proxy.Run();
        origin.TakeAll().ShouldBe("early");
        proxy.AssertClean();
    }

    private static Peer Open(Proxy proxy, Http2Peer client)
    {
        client.Request(1, Http2Peer.Fields("CONNECT", "/ws", WebSocket), ends: false);
        Peer origin = proxy.Origin.Next();
        origin.SendSwitch();
        client.TakeTexts().ShouldBe(["HEADERS 1 :status: 200"]);
        return origin;
    }
}
