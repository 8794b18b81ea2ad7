using Weir.Http.Http2;
using Weir.InMemory.Tests.Harness;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.InMemory.Tests.Http2;

/// <summary>What a client of HTTP/2 has to check of a server (RFC 9113), and what a hostile one gets.</summary>
public sealed class Http2OriginRuleTests
{
    private const string Yaml = """
        listen: [{ address: ":8080", protocols: [h1, h2] }]
        upstreams:
          app: { servers: [{ url: "http://10.0.0.1:80", protocol: h2 }], retry: { attempts: 1 } }
        sites:
          "*": app
        """;

    // One request stands open on stream 1, another one is answered on stream 3.
    [Theory]
    [InlineData("no-status=1", "no :status")]
    [InlineData(":status=200|:status=200", "a pseudo-field twice")]
    [InlineData("x=y|:status=200", "a pseudo-field behind a field")]
    [InlineData(":status=200|:path=/", "a pseudo-field that no response has")]
    [InlineData(":status=20", "a :status that is not three digits")]
    [InlineData(":status=2000", "a :status that is not three digits")]
    [InlineData(":status=+20", "a :status that is not three digits")]
    [InlineData(":status=099", "a :status that is not three digits")]
    [InlineData(":status=101", "a 101, which HTTP/2 does not have")]
    [InlineData(":status=200|connection=close", "a field that speaks of the connection")]
    [InlineData(":status=200|transfer-encoding=chunked", "a field that speaks of the connection")]
    [InlineData(":status=200|X-Upper=1", "a field name that is not allowed")]
    [InlineData(":status=200|x y=1", "a field name that is not allowed")]
    [InlineData(":status=200|x=a\r\nset-cookie: b", "a field value that is not allowed")]
    [InlineData(":status=200|x=a\nb", "a field value that is not allowed")]
    [InlineData(":status=200|x=a\0b", "a field value that is not allowed")]
    [InlineData(":status=200|x= a", "a field value that is not allowed")]
    [InlineData(":status=200|content-length=1|content-length=2", null)]
    [InlineData(":status=200|content-length=+1", null)]
    public void A_malformed_head_is_a_502_and_only_its_stream_is_reset(string fields, string? detail)
    {
        Talk((proxy, client, origin) =>
        {
            origin.Head(1, fields);
            ExpectBadAnswer(proxy, client, origin, detail);
        });
    }

    [Fact]
    public void Content_that_is_not_what_Content_Length_says_is_malformed()
    {
        Talk((_, client, origin) =>
        {
            origin.Head(1, ":status=200|content-length=3");
            origin.Data(1, "four");
            client.WasReset.ShouldBeTrue();
            origin.TakeTexts().ShouldContain("RST_STREAM 1 ProtocolError");
        });
        Talk((_, client, origin) =>
        {
            origin.Head(1, ":status=200|content-length=5");
            origin.Data(1, "four", ends: true);
            client.WasReset.ShouldBeTrue();
            origin.TakeTexts().ShouldContain("RST_STREAM 1 ProtocolError");
        });
        Talk((proxy, client, origin) =>
        {
            origin.Head(1, ":status=200|content-length=5", ends: true);
            ExpectBadAnswer(proxy, client, origin);
        });
        Talk((proxy, client, origin) =>
        {
            origin.Data(1, "before the head");
            ExpectBadAnswer(proxy, client, origin);
        });
        Talk((proxy, client, origin) =>
        {
            origin.Head(1, ":status=103", ends: true);
            ExpectBadAnswer(proxy, client, origin);
        });
    }

    [Fact]
    public void A_second_head_that_does_not_end_the_stream_is_malformed()
    {
        foreach (string trailers in (string[])["x=1", ":status=200", "x=a\rb"])
        {
            Talk((_, client, origin) =>
            {
                origin.Head(1, ":status=200");
                origin.Head(1, trailers, ends: trailers != "x=1");
                client.WasReset.ShouldBeTrue();
                origin.TakeTexts().ShouldContain("RST_STREAM 1 ProtocolError");
            });
        }
    }

    [Fact]
    public void Content_behind_an_answer_that_has_none_is_malformed()
    {
        Talk((_, client, origin) =>
        {
            origin.Head(1, ":status=204");
            client.TakeResponse().Status.ShouldBe(204);
            origin.Data(1, "smuggled");
            client.ExpectNothing();
            origin.TakeTexts().ShouldContain(text => text.StartsWith("RST_STREAM 1 ", StringComparison.Ordinal));
        });
    }

    [Fact]
    public void A_head_that_is_too_large_is_a_502_and_the_connection_goes_on()
    {
        Talk((proxy, client, origin) =>
        {
            byte[] block = Http2Peer.Block(
                ":status=200|" + string.Join('|', Enumerable.Range(0, 40).Select(i => $"x{i}={new string('a', 900)}")));
            origin.SendRaw([
                .. Http2Peer.Frame(FrameType.Headers, 0, 1, block[..16_000]), .. Http2Peer.Frame(
                    FrameType.Continuation, 0, 1, block[16_000..32_000]),
                .. Http2Peer.Frame(FrameType.Continuation, 4, 1, block[32_000..])]);
            client.TakeResponse().Status.ShouldBe(502);
            proxy.Ended.Error.ShouldBe("origin_head_too_large");
            origin.IsClosed.ShouldBeFalse();
        });
    }

    public static TheoryData<string, byte[], Http2ErrorCode> Breaches => new()
    {
        { "a push", Http2Peer.Frame(FrameType.PushPromise, 4, 1, [0, 0, 0, 2, 0x88]), Http2ErrorCode.ProtocolError },
        { "ENABLE_PUSH 1", Http2Peer.Frame(FrameType.Settings, 0, 0, Http2Peer.Setting(2, 1)), Http2ErrorCode.ProtocolError },
        { "a head on an idle stream", Http2Peer.Frame(FrameType.Headers, 5, 99, [0x88]), Http2ErrorCode.ProtocolError },
        { "a head on a stream of the server's", Http2Peer.Frame(FrameType.Headers, 5, 2, [0x88]), Http2ErrorCode.ProtocolError },
        { "content on an idle stream", Http2Peer.Frame(FrameType.Data, 0, 99, [1]), Http2ErrorCode.ProtocolError },
        { "a reset of an idle stream", Http2Peer.Frame(FrameType.RstStream, 0, 99, new byte[4]), Http2ErrorCode.ProtocolError },
        { "a window of an idle stream", Http2Peer.Frame(FrameType.WindowUpdate, 0, 99, [0, 0, 0, 1]), Http2ErrorCode.ProtocolError },
        { "a window by nothing", Http2Peer.Frame(FrameType.WindowUpdate, 0, 0, new byte[4]), Http2ErrorCode.ProtocolError },
        { "a window that is too large", Http2Peer.Frame(FrameType.WindowUpdate, 0, 0, [0x7F, 255, 255, 255]), Http2ErrorCode.FlowControlError },
        { "an index of nothing", Http2Peer.Frame(FrameType.Headers, 4, 1, [0xFF, 0xFF, 0x0F]), Http2ErrorCode.CompressionError },
        { "a frame within a block", [.. Http2Peer.Frame(FrameType.Headers, 0, 1, [0x88]), .. Http2Peer.Frame(FrameType.Ping, 0, 0, new byte[8])], Http2ErrorCode.ProtocolError },
        { "a continuation of nothing", Http2Peer.Frame(FrameType.Continuation, 4, 1, [0x88]), Http2ErrorCode.ProtocolError },
        { "a frame that is too large", Http2Peer.Frame(FrameType.Data, 0, 1, new byte[16_385]), Http2ErrorCode.FrameSizeError },
        { "a PING of seven octets", Http2Peer.Frame(FrameType.Ping, 0, 0, new byte[7]), Http2ErrorCode.FrameSizeError },
        { "a GOAWAY on a stream", Http2Peer.Frame(FrameType.GoAway, 0, 1, new byte[8]), Http2ErrorCode.ProtocolError },
        { "PRIORITY_UPDATE", Http2Peer.Frame(FrameType.PriorityUpdate, 0, 0, [0, 0, 0, 1]), Http2ErrorCode.ProtocolError },
    };

    [Theory]
    [MemberData(nameof(Breaches))]
    public void A_breach_of_the_connections_rules_ends_it(string what, byte[] octets, Http2ErrorCode code)
    {
        Talk((proxy, client, origin) =>
        {
            origin.SendRaw(octets);
            origin.TakeAll().Last().Code.ShouldBe(code, what);
            origin.IsClosed.ShouldBeTrue();
            client.TakeResponse().Status.ShouldBe(502);
        });
    }

    [Fact]
    public void Floods_end_the_connection()
    {
        foreach (byte[] frame in (byte[][])[
            Http2Peer.Frame(FrameType.Ping, 0, 0, new byte[8]), Http2Peer.Frame(FrameType.Settings, 0, 0),
            Http2Peer.Frame((FrameType)77, 0, 0, [1]), Http2Peer.Frame(FrameType.Priority, 0, 1, new byte[5])])
        {
            Talk((proxy, client, origin) =>
            {
                for (int i = 0; i < 100 && !origin.IsClosed; i++)
                {
                    origin.SendRaw([.. Enumerable.Repeat(frame, 100).SelectMany(octets => octets)]);
                }

                origin.TakeAll().Last().Code.ShouldBe(Http2ErrorCode.EnhanceYourCalm);
                proxy.Counters.Total(Counter.OriginHttp2Floods).ShouldBe(1);
                client.TakeResponse().Status.ShouldBe(502);
            });
        }

        Talk((proxy, client, origin) =>
        {
            origin.Head(1, ":status=200");
            byte[] empty = [.. Enumerable.Repeat(Http2Peer.Frame(FrameType.Data, 0, 1), 3_000).SelectMany(octets => octets)];
            origin.SendRaw(empty);
            origin.TakeAll().Last().Code.ShouldBe(Http2ErrorCode.EnhanceYourCalm);
            client.WasReset.ShouldBeTrue();
        });
        Talk((proxy, client, origin) =>
        {
            origin.Send(FrameType.Headers, 0, 1, 0x88);
            origin.SendRaw([.. Enumerable.Repeat(Http2Peer.Frame(FrameType.Continuation, 0, 1), 40).SelectMany(octets => octets)]);
            origin.TakeAll().Last().Code.ShouldBe(Http2ErrorCode.EnhanceYourCalm);
            client.TakeResponse().Status.ShouldBe(502);
        });
    }

    [Fact]
    public void Interim_answers_without_end_are_no_answer()
    {
        Talk((proxy, client, origin) =>
        {
            for (int i = 0; i < 100; i++)
            {
                origin.Connection.PeerSend(Http2Peer.Frame(FrameType.Headers, 4, 1, Http2Peer.Block(":status=103")));
            }

            proxy.Run();
            while (client.TryTake(isResponse: true, isHead: false, out Message message) && message.Status == 103)
            {
            }

            proxy.Ended.Error.ShouldBe("origin_bad_head");
            origin.TakeTexts().ShouldContain(text => text.StartsWith("RST_STREAM 1 ", StringComparison.Ordinal));
        });
    }

    [Fact]
    public void More_content_than_the_windows_allow_is_an_error()
    {
        Talk((proxy, client, origin) =>
        {
            client.Connection.OpenWindow(0);
            origin.Head(1, ":status=200");
            for (int i = 0; i < 5; i++)
            {
                origin.Connection.PeerSend(Http2Peer.Frame(FrameType.Data, 0, 1, new byte[16_384]));
            }

            proxy.Run();
            origin.TakeTexts().ShouldContain("RST_STREAM 1 FlowControlError");
            origin.IsClosed.ShouldBeFalse();
            client.Connection.OpenWindow(int.MaxValue);
        });
    }

    [Fact]
    public void A_slow_client_holds_up_its_own_stream_only()
    {
        Talk((proxy, slow, origin) =>
        {
            slow.Connection.OpenWindow(0);
            origin.Head(1, ":status=200");
            for (int i = 0; i < 3; i++)
            {
                origin.Data(1, new string('x', 16_384));
            }

            Peer quick = proxy.Connect();
            quick.SendHead("GET / HTTP/1.1", "Host: a.test");
            origin.TakeAll();
            origin.Head(3, ":status=200");
            int sent = 0;
            for (int i = 0; i < 300; i++)
            {
                origin.Data(3, new string('y', 16_384));
                sent += origin.TakeAll().Where(frame => frame is { Type: FrameType.WindowUpdate, Stream: 3 }).Sum(frame => frame.Number);
            }

            sent.ShouldBeGreaterThan(3_000_000);
            origin.Data(3, "", ends: true);
            quick.TakeResponse().Body.Length.ShouldBe(300 * 16_384);
            slow.Connection.OpenWindow(int.MaxValue);
            proxy.Run();
            slow.Received.Length.ShouldBeGreaterThan(3 * 16_384);
        });
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")]
    [InlineData("220 smtp.example ESMTP ready\r\n")]
    [InlineData("\0\0\0\u0006\0\0\0\0\0\0")]
    public void A_server_that_does_not_speak_HTTP_2_is_named_as_that(string said)
    {
        using Proxy proxy = new(Yaml);
        proxy.Origin.Greets = false;
        proxy.Origin.OnConnect = connection => connection.PeerSend(System.Text.Encoding.Latin1.GetBytes(said));
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        client.TakeResponse().Status.ShouldBe(502);
        proxy.Ended.Error.ShouldBe("origin_not_http2");
        proxy.Events.CountOf(OperatorEvents.OriginNotHttp2).ShouldBe(1);
        proxy.AssertClean();
    }

    [Fact]
    public void A_server_that_says_nothing_or_goes_at_once_could_not_be_connected_to()
    {
        using Proxy proxy = new(Yaml);
        proxy.Origin.Greets = false;
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Advance(2_500);
        client.TakeResponse().Status.ShouldBe(504);
        proxy.Origin.OnConnect = connection => connection.PeerEnd();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        client.TakeResponse().Status.ShouldBe(502);
        proxy.Ended.Error.ShouldBe("connect_failed");
        proxy.AssertClean();
    }

    [Fact]
    public void A_request_that_is_larger_than_the_server_takes_is_a_431()
    {
        using Proxy proxy = new(Yaml);
        proxy.Origin.Settings = Http2Peer.Setting(6, 1_000);
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test", "X: " + new string('x', 1_000));
        client.TakeResponse().Status.ShouldBe(431);
        proxy.Ended.Error.ShouldBe("origin_head_limit");
        proxy.AssertClean();
    }

    [Fact]
    public void Smaller_windows_and_frames_of_the_server_are_kept()
    {
        using Proxy proxy = new(Yaml);
        proxy.Origin.Settings = Http2Peer.Setting(4, 10);
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 25");
        client.Send(new string('x', 25));
        FramePeer origin = proxy.Origin.Frames(proxy);
        origin.TakeTexts()[1].ShouldBe("DATA 1 10");
        origin.Send(FrameType.Settings, 0, 0, Http2Peer.Setting(4, 5));
        origin.TakeTexts().ShouldBe(["Settings 0 1 0"]);
        origin.Send(FrameType.WindowUpdate, 0, 1, Http2Peer.Number(12));
        origin.TakeTexts().ShouldBe(["DATA 1 7"]);
        origin.Send(FrameType.Settings, 0, 0, Http2Peer.Setting(4, 100));
        origin.TakeTexts().ShouldBe(["Settings 0 1 0", "DATA 1 end 8"]);
        origin.Head(1, ":status=204", ends: true);
        client.TakeResponse().Status.ShouldBe(204);
        proxy.AssertClean();
    }

    [Fact]
    public void The_smallest_table_in_between_is_confirmed_to_the_server_too()
    {
        Talk((proxy, _, origin) =>
        {
            origin.Send(FrameType.Settings, 0, 0, [.. Http2Peer.Setting(1, 0), .. Http2Peer.Setting(1, 64)]);
            origin.TakeTexts().ShouldBe(["Settings 0 1 0"]);
            Peer second = proxy.Connect();
            second.SendHead("GET / HTTP/1.1", "Host: a.test");

            // RFC 7541 section 4.2: the server may have thrown away everything when the table was empty.
            origin.TakeAll().Single().Payload[..3].ShouldBe([0x20, 0x3F, 0x21]);
            origin.Answer(3, "fine");
            second.TakeResponse().Body.ShouldBe("fine");
        });
    }

    private static void ExpectBadAnswer(Proxy proxy, Peer client, FramePeer origin, string? detail = null)
    {
        client.TakeResponse().Status.ShouldBe(502);
        proxy.Ended.Error.ShouldBe("origin_bad_head");
        proxy.Ended.ErrorDetail.ShouldBe(detail ?? proxy.Ended.ErrorDetail.ShouldNotBeNull());
        origin.TakeTexts().ShouldContain("RST_STREAM 1 ProtocolError");
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        origin.Answer(3, "fine");
        client.TakeResponse().Body.ShouldBe("fine");
    }

    private static void Talk(Action<Proxy, Peer, FramePeer> test)
    {
        using Proxy proxy = new(Yaml);
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        FramePeer origin = proxy.Origin.Frames(proxy);
        origin.TakeAll().Count.ShouldBe(1);
        test(proxy, client, origin);
        proxy.AssertClean();
    }
}
