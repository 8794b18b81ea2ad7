using Weir.Http.Http2;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Http2;

/// <summary>The MUSTs of RFC 9113 that a client can break, in the order of its sections.</summary>
public sealed class Rfc9113Tests
{
    [Theory]
    [InlineData("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    public void Section_3_4_a_connection_that_does_not_begin_with_the_preface_is_ended(string octets)
    {
        using Proxy proxy = new(Http2Peer.Yaml.Replace("[h1, h2]", "[h2]", StringComparison.Ordinal));
        Http2Peer client = new(proxy, greets: false);
        client.Peer.Send(octets);
        client.ExpectGoAway(Http2ErrorCode.ProtocolError);
        proxy.AssertClean();
    }

    [Fact]
    public void Section_3_4_the_first_frame_is_SETTINGS() => Greeted(client =>
    {
        client.SendRaw([.. Preface.Octets, .. Http2Peer.Frame(FrameType.Ping, 0, 0, new byte[8])]);
        client.ExpectGoAway(Http2ErrorCode.ProtocolError);
    });

    [Fact]
    public void Section_4_1_unknown_frames_and_flags_are_ignored() => Talk(client =>
    {
        client.Send((FrameType)0x55, 0xFF, 0, 1, 2, 3);
        client.Send((FrameType)0x55, 0xFF, 1);
        client.Send(FrameType.Ping, 0xFE, 0, 1, 2, 3, 4, 5, 6, 7, 8);
        client.TakeTexts().ShouldBe(["Ping 0 1 8"]);
    });

    [Fact]
    public void Section_4_2_a_frame_above_the_maximum_is_a_FRAME_SIZE_ERROR() => Talk(client =>
    {
        client.Send(FrameType.Data, 0, 1, new byte[16_385]);
        client.ExpectGoAway(Http2ErrorCode.FrameSizeError);
    });

    [Fact]
    public void Section_4_3_a_block_that_cannot_be_decoded_is_a_COMPRESSION_ERROR() => Talk(client =>
    {
        client.Send(FrameType.Headers, 5, 1, 0x82, 0x86, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF);
        client.ExpectGoAway(Http2ErrorCode.CompressionError);
    });

    [Theory]
    [InlineData(FrameType.Data)]
    [InlineData(FrameType.RstStream)]
    [InlineData(FrameType.WindowUpdate)]
    public void Section_5_1_only_HEADERS_and_PRIORITY_come_on_an_idle_stream(FrameType type) => Talk(client =>
    {
        client.Send(type, 0, 1, 0, 0, 0, 1);
        client.ExpectGoAway(Http2ErrorCode.ProtocolError);
    });

    [Fact]
    public void Section_5_1_PRIORITY_may_come_on_any_stream() => Talk(client =>
    {
        client.Send(FrameType.Priority, 0, 7, 0, 0, 0, 1, 9);
        client.Request(1);
        client.Send(FrameType.Priority, 0, 1, 0, 0, 0, 3, 9);
        client.TakeTexts().ShouldBeEmpty();
    });

    [Fact]
    public void Section_5_1_DATA_behind_the_end_is_STREAM_CLOSED() => Talk(client =>
    {
        client.Request(1);
        client.Data(1, "x");
        client.ExpectReset(1, Http2ErrorCode.StreamClosed);
    });

    [Fact]
    public void Section_5_1_HEADERS_behind_the_end_are_STREAM_CLOSED() => Talk(client =>
    {
        client.Request(1);
        client.Request(1);
        client.ExpectReset(1, Http2ErrorCode.StreamClosed);
    });

    [Fact]
    public void Section_5_1_WINDOW_UPDATE_and_RST_STREAM_behind_the_end_are_taken() => Talk(client =>
    {
        client.Request(1);
        client.Send(FrameType.WindowUpdate, 0, 1, 0, 0, 0, 1);
        client.Send(FrameType.RstStream, 0, 1, 0, 0, 0, 8);
        client.Send(FrameType.WindowUpdate, 0, 1, 0, 0, 0, 1);
        client.Send(FrameType.RstStream, 0, 1, 0, 0, 0, 8);
        client.TakeTexts().ShouldBeEmpty();
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Section_5_1_frames_behind_a_reset_are_STREAM_CLOSED(bool isData) => Talk(client =>
    {
        client.Request(1, ends: false);
        client.Send(FrameType.RstStream, 0, 1, 0, 0, 0, 8);
        if (isData)
        {
            client.Data(1, "x");
        }
        else
        {
            client.Request(1);
        }

        client.ExpectReset(1, Http2ErrorCode.StreamClosed);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Section_5_1_frames_on_a_stream_that_both_sides_have_ended_are_STREAM_CLOSED(bool isData) => Answered(client =>
    {
        if (isData)
        {
            client.Data(1, "x");
        }
        else
        {
            client.Request(1);
        }

        client.ExpectGoAway(Http2ErrorCode.StreamClosed);
    });

    [Fact]
    public void Section_5_1_1_a_client_opens_odd_streams() => Talk(client =>
    {
        client.Request(2);
        client.ExpectGoAway(Http2ErrorCode.ProtocolError);
    });

    [Fact]
    public void Section_5_1_1_the_number_of_a_new_stream_is_above_all_others() => Talk(client =>
    {
        client.Request(5);
        client.Request(3);
        client.ExpectGoAway(Http2ErrorCode.ProtocolError);
    });

    [Fact]
    public void Section_5_1_2_streams_above_the_limit_are_refused_and_can_be_tried_again() => Talk(client =>
    {
        for (int stream = 1; stream <= 257; stream += 2)
        {
            client.Request(stream, ends: false);
        }

        client.TakeTexts().ShouldBe(["RST_STREAM 257 RefusedStream"]);
        client.Request(259, Http2Peer.Fields(more: "x=y"));
        client.ExpectReset(259, Http2ErrorCode.RefusedStream);
    });

    [Fact]
    public void Section_5_3_1_a_stream_does_not_depend_on_itself() => Talk(client =>
    {
        client.Send(FrameType.Headers, 0x25, 1, [0, 0, 0, 1, 9, .. Http2Peer.Block(Http2Peer.Fields())]);
        client.ExpectReset(1, Http2ErrorCode.ProtocolError);
        client.Request(3, ends: false);
        client.Send(FrameType.Priority, 0, 3, 0, 0, 0, 3, 9);
        client.ExpectReset(3, Http2ErrorCode.ProtocolError);
    });

    [Theory]
    [InlineData(FrameType.Data, 0)]
    [InlineData(FrameType.Headers, 0x25)]
    public void Section_6_1_and_6_2_padding_is_shorter_than_its_frame(FrameType type, byte flags) => Talk(client =>
    {
        client.Request(1, ends: false);
        client.Send(type, (byte)(flags | FrameFlags.Padded), type == FrameType.Data ? 1 : 3, 200, 0, 0, 0, 0, 0, 0);
        client.ExpectGoAway(Http2ErrorCode.ProtocolError);
    });

    [Theory]
    [InlineData(FrameType.Data)]
    [InlineData(FrameType.Headers)]
    [InlineData(FrameType.Continuation)]
    [InlineData(FrameType.RstStream)]
    [InlineData(FrameType.PushPromise)]
    public void Sections_6_1_to_6_10_frames_of_streams_do_not_come_on_stream_0(FrameType type) => Talk(client =>
    {
        client.Send(type, FrameFlags.EndHeaders, 0, 0, 0, 0, 1);
        client.ExpectGoAway(Http2ErrorCode.ProtocolError);
    });

    [Theory]
    [InlineData(FrameType.Settings, 6)]
    [InlineData(FrameType.Ping, 8)]
    [InlineData(FrameType.GoAway, 8)]
    public void Sections_6_5_to_6_8_frames_of_the_connection_do_not_come_on_a_stream(FrameType type, int octets) => Talk(client =>
    {
        client.Request(1, ends: false);
        client.Send(type, 0, 1, new byte[octets]);
        client.ExpectGoAway(Http2ErrorCode.ProtocolError);
    });

    [Theory]
    [InlineData(FrameType.RstStream, 1, 3)]
    [InlineData(FrameType.Settings, 0, 3)]
    [InlineData(FrameType.Ping, 0, 6)]
    [InlineData(FrameType.GoAway, 0, 7)]
    [InlineData(FrameType.WindowUpdate, 0, 3)]
    [InlineData(FrameType.WindowUpdate, 1, 5)]
    public void Sections_6_4_to_6_9_frames_have_the_size_of_their_type(FrameType type, int stream, int octets) => Talk(client =>
    {
        client.Request(1, ends: false);
        client.Send(type, 0, stream, new byte[octets]);
        client.ExpectGoAway(Http2ErrorCode.FrameSizeError);
    });

    [Fact]
    public void Section_6_3_PRIORITY_has_five_octets() => Talk(client =>
    {
        client.Request(1, ends: false);
        client.Send(FrameType.Priority, 0, 1, 0, 0, 0, 3);
        client.ExpectReset(1, Http2ErrorCode.FrameSizeError);
    });

    [Fact]
    public void Section_6_5_SETTINGS_are_acknowledged_and_an_acknowledgement_is_empty() => Talk(client =>
    {
        client.Send(FrameType.Settings, 0, 0, Http2Peer.Setting(3, 100));
        client.TakeTexts().ShouldBe(["Settings 0 1 0"]);
        client.Send(FrameType.Settings, 1, 0, Http2Peer.Setting(3, 100));
        client.ExpectGoAway(Http2ErrorCode.FrameSizeError);
    });

    [Theory]
    [InlineData(2, 2, Http2ErrorCode.ProtocolError)]
    [InlineData(4, 0x80000000, Http2ErrorCode.FlowControlError)]
    [InlineData(5, 16_383, Http2ErrorCode.ProtocolError)]
    [InlineData(5, 16_777_216, Http2ErrorCode.ProtocolError)]
    public void Section_6_5_2_settings_are_within_their_range(int id, uint value, Http2ErrorCode code) => Talk(client =>
    {
        client.Send(FrameType.Settings, 0, 0, Http2Peer.Setting(id, value));
        client.ExpectGoAway(code);
    });

    [Fact]
    public void Section_6_6_a_client_promises_nothing() => Talk(client =>
    {
        client.Request(1, ends: false);
        client.Send(FrameType.PushPromise, FrameFlags.EndHeaders, 1, 0, 0, 0, 2);
        client.ExpectGoAway(Http2ErrorCode.ProtocolError);
    });

    [Fact]
    public void Section_6_7_PING_comes_back_and_its_answer_is_not_answered() => Talk(client =>
    {
        client.Send(FrameType.Ping, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8);
        client.TakeAll().Single().Payload.ShouldBe([1, 2, 3, 4, 5, 6, 7, 8]);
        client.Send(FrameType.Ping, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8);
        client.TakeTexts().ShouldBeEmpty();
    });

    [Fact]
    public void Section_6_8_a_clients_GOAWAY_lets_its_streams_end() => Answered(client =>
    {
        client.Send(FrameType.GoAway, 0, 0, new byte[8]);
        client.Send(FrameType.Ping, 1, 0, [.. "draining"u8]);
        client.TakeTexts().ShouldBe(["GOAWAY 2147483647 NoError ", "Ping 0 0 8", "GOAWAY 1 NoError "]);
        client.Peer.IsEnded.ShouldBeTrue();
    });

    [Fact]
    public void Section_6_9_a_window_is_not_opened_by_nothing() => Talk(client =>
    {
        client.Request(1, ends: false);
        client.Send(FrameType.WindowUpdate, 0, 1, 0, 0, 0, 0);
        client.ExpectReset(1, Http2ErrorCode.ProtocolError);
        client.Send(FrameType.WindowUpdate, 0, 0, 0, 0, 0, 0);
        client.ExpectGoAway(Http2ErrorCode.ProtocolError);
    });

    [Fact]
    public void Section_6_9_1_windows_stay_below_2_to_the_31() => Talk(client =>
    {
        client.Request(1, ends: false);
        client.Send(FrameType.WindowUpdate, 0, 1, 0x7F, 0xFF, 0xFF, 0xFF);
        client.ExpectReset(1, Http2ErrorCode.FlowControlError);
        client.Send(FrameType.WindowUpdate, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF);
        client.ExpectGoAway(Http2ErrorCode.FlowControlError);
    });

    [Fact]
    public void Section_6_9_2_a_setting_does_not_make_a_window_too_large() => Talk(client =>
    {
        client.Request(1, ends: false);
        client.Send(FrameType.WindowUpdate, 0, 1, 0, 0, 0, 1);
        client.Send(FrameType.Settings, 0, 0, Http2Peer.Setting(4, int.MaxValue));
        client.ExpectGoAway(Http2ErrorCode.FlowControlError);
    });

    [Fact]
    public void Section_6_9_1_more_than_the_streams_window_is_a_FLOW_CONTROL_ERROR() => Talk(client =>
    {
        client.Request(1, Http2Peer.Fields("POST"), ends: false);
        for (int i = 0; i < 4; i++)
        {
            client.SendRaw(Http2Peer.Frame(FrameType.Data, 0, 1, new byte[16_384]));
        }

        client.TakeTexts().ShouldContain("RST_STREAM 1 FlowControlError");
    }, proxy => proxy.Origin.OnConnect = connection => connection.OpenWindow(0));

    [Fact]
    public void Section_6_10_nothing_comes_between_the_frames_of_a_block() => Talk(client =>
    {
        client.Send(FrameType.Headers, FrameFlags.EndStream, 1, Http2Peer.Block(Http2Peer.Fields()));
        client.Send(FrameType.Ping, 0, 0, new byte[8]);
        client.ExpectGoAway(Http2ErrorCode.ProtocolError);
    });

    [Fact]
    public void Section_6_10_a_block_goes_on_in_its_own_stream() => Talk(client =>
    {
        client.Send(FrameType.Headers, FrameFlags.EndStream, 1, Http2Peer.Block(Http2Peer.Fields()));
        client.Send(FrameType.Continuation, FrameFlags.EndHeaders, 3, Http2Peer.Block("x=y"));
        client.ExpectGoAway(Http2ErrorCode.ProtocolError);
    });

    [Fact]
    public void Section_6_10_CONTINUATION_follows_a_block_that_is_open() => Talk(client =>
    {
        client.Request(1, ends: false);
        client.Send(FrameType.Continuation, FrameFlags.EndHeaders, 1, Http2Peer.Block("x=y"));
        client.ExpectGoAway(Http2ErrorCode.ProtocolError);
    });

    [Fact]
    public void Section_6_10_a_block_may_come_in_several_frames()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        byte[] block = Http2Peer.Block(Http2Peer.Fields(more: "x=y"));
        client.Send(FrameType.Headers, FrameFlags.EndStream, 1, block[..10]);
        client.Send(FrameType.Continuation, 0, 1, block[10..11]);
        client.Send(FrameType.Continuation, FrameFlags.EndHeaders, 1, block[11..]);
        proxy.Origin.Next().TakeRequest()["x"].ShouldBe("y");
        proxy.AssertClean();
    }

    [Theory]
    [InlineData(":method=GET|:scheme=http|:authority=a")]
    [InlineData(":method=GET|:scheme=http|:path=|:authority=a")]
    [InlineData(":method=GET|:method=GET|:scheme=http|:path=/|:authority=a")]
    [InlineData(":method=GET|:scheme=http|:path=/|:authority=a|:x=y")]
    [InlineData(":method=GET|:scheme=http|:path=/|:authority=a|:status=200")]
    [InlineData(":method=GET|:scheme=http|x=y|:path=/|:authority=a")]
    [InlineData(":method=GET|:scheme=http|:path=/|:authority=a|X=y")]
    [InlineData(":method=GET|:scheme=http|:path=/|:authority=a|connection=close")]
    [InlineData(":method=GET|:scheme=http|:path=/|:authority=a|te=gzip")]
    [InlineData(":method=GET|:scheme=http|:path=/|:authority=a|x=a\r\nb: c")]
    [InlineData(":method=GET|:scheme=http|:path=/|:authority=a|content-length=1")]
    public void Section_8_malformed_requests_are_a_PROTOCOL_ERROR_of_the_stream(string fields)
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1, fields);
        client.ExpectReset(1, Http2ErrorCode.ProtocolError);
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("ab", true)]
    [InlineData("abcd", true)]
    [InlineData("abcd", false)]
    public void Section_8_1_1_content_has_the_length_that_was_announced(string content, bool ends) => Talk(client =>
    {
        client.Request(1, Http2Peer.Fields("POST", more: "content-length=3"), ends: false);
        client.Data(1, content, ends);
        client.ExpectReset(1, Http2ErrorCode.ProtocolError);
    });

    [Fact]
    public void Section_8_1_a_second_block_ends_the_stream() => Talk(client =>
    {
        client.Request(1, Http2Peer.Fields("POST"), ends: false);
        client.Send(FrameType.Headers, FrameFlags.EndHeaders, 1, Http2Peer.Block("x=y"));
        client.ExpectReset(1, Http2ErrorCode.ProtocolError);
    });

    [Fact]
    public void Section_8_1_trailers_have_no_pseudo_fields() => Talk(client =>
    {
        client.Request(1, Http2Peer.Fields("POST"), ends: false);
        client.Send(FrameType.Headers, 5, 1, Http2Peer.Block(":path=/"));
        client.ExpectReset(1, Http2ErrorCode.ProtocolError);
    });

    [Fact]
    public void Section_4_3_the_table_is_kept_whatever_becomes_of_a_stream()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        byte[] indexed = [0x40, 1, (byte)'x', 1, (byte)'y'];
        client.Send(FrameType.Headers, 5, 1, [.. Http2Peer.Block("Bad=1"), .. indexed]);
        client.ExpectReset(1, Http2ErrorCode.ProtocolError);
        client.Send(FrameType.Headers, 5, 3, [.. Http2Peer.Block(Http2Peer.Fields()), 0xBE]);
        proxy.Origin.Next().TakeRequest()["x"].ShouldBe("y");
        proxy.AssertClean();
    }

    private static void Greeted(Action<Http2Peer> test) => Http2Peer.Talk(test, greets: false);

    private static void Talk(Action<Http2Peer> test, Action<Proxy>? prepare = null) => Http2Peer.Talk(test, prepare);

    private static void Answered(Action<Http2Peer> test)
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1);
        proxy.Origin.Next().Answer(proxy, "");
        client.TakeAll().Count.ShouldBe(1);
        test(client);
        proxy.AssertClean();
    }
}
