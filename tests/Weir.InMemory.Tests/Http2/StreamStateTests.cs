using Weir.Http.Http2;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Http2;

/// <summary>RFC 9113 section 5: every frame in every state of a stream, and which streams an ended connection names.</summary>
public sealed class StreamStateTests
{
    private const byte EndHeaders = FrameFlags.EndHeaders;
    private const byte Whole = FrameFlags.EndHeaders | FrameFlags.EndStream;

    [Theory]
    [InlineData(FrameType.Data, 0)]
    [InlineData(FrameType.Data, FrameFlags.EndStream)]
    [InlineData(FrameType.Headers, EndHeaders)]
    [InlineData(FrameType.Headers, Whole)]
    public void Half_closed_by_the_client_content_and_fields_are_a_STREAM_CLOSED_of_the_stream(FrameType type, byte flags) =>
        Http2Peer.Talk(client =>
    {
        client.Request(1);
        client.Send(type, flags, 1, type == FrameType.Data ? [1] : Http2Peer.Block(Http2Peer.Fields()));
        client.ExpectReset(1, Http2ErrorCode.StreamClosed);
    });

    [Fact]
    public void Half_closed_by_the_client_windows_priorities_and_resets_are_taken()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1);
        Peer origin = proxy.Origin.Next();
        client.Send(FrameType.WindowUpdate, 0, 1, 0, 0, 0, 9);
        client.Send(FrameType.Priority, 0, 1, 0, 0, 0, 0, 9);
        client.TakeTexts().ShouldBeEmpty();
        client.Send(FrameType.RstStream, 0, 1, 0, 0, 0, 8);
        origin.IsClosed.ShouldBeTrue();
        client.TakeTexts().ShouldBeEmpty();
        proxy.AssertClean();
    }

    [Fact]
    public void Half_closed_by_Weir_what_the_client_still_sends_is_dropped_after_the_reset()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("POST"), ends: false);
        proxy.Origin.Next().Send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        client.TakeTexts().ShouldBe(["HEADERS 1 end :status: 403|content-length: 0", "RST_STREAM 1 NoError"]);
        client.Data(1, "late");
        client.Send(FrameType.WindowUpdate, 0, 1, 0, 0, 0, 9);
        client.Send(FrameType.Headers, Whole, 1, Http2Peer.Block("x=y"));
        client.Send(FrameType.RstStream, 0, 1, 0, 0, 0, 8);
        client.TakeTexts().ShouldBeEmpty();
        client.Request(3);
        proxy.Origin.Next().Answer(proxy, "");
        client.TakeTexts().ShouldBe(["HEADERS 3 end :status: 200|content-length: 0"]);
        proxy.AssertClean();
    }

    [Fact]
    public void Content_on_a_stream_that_is_gone_is_counted_and_the_window_opens_again() => Http2Peer.Talk(client =>
    {
        client.Request(1, ":method=POST|:scheme=http|:path=/|:authority=a|X=y", ends: false);
        client.ExpectReset(1, Http2ErrorCode.ProtocolError);
        int credit = 0;
        for (int i = 0; i < 100; i++)
        {
            client.Send(FrameType.Data, 0, 1, new byte[16_000]);
            credit += client.TakeAll().Where(frame => frame.Type == FrameType.WindowUpdate && frame.Stream == 0).Sum(frame => frame.Number);
        }

        credit.ShouldBeGreaterThan(1_000_000);
    });

    [Fact]
    public void Content_that_breaks_its_length_is_counted_too() => Http2Peer.Talk(client =>
    {
        int credit = 0;
        for (int i = 0; i < 80; i++)
        {
            client.Request(1 + (2 * i), Http2Peer.Fields("POST", more: "content-length=1"), ends: false);
            client.Send(FrameType.Data, 0, 1 + (2 * i), new byte[16_000]);
            credit += client.TakeAll().Where(frame => frame.Type == FrameType.WindowUpdate && frame.Stream == 0).Sum(frame => frame.Number);
        }

        credit.ShouldBeGreaterThan(500_000);
    });

    [Theory]
    [InlineData(4, Http2ErrorCode.FrameSizeError)]
    [InlineData(6, Http2ErrorCode.FrameSizeError)]
    [InlineData(5, Http2ErrorCode.ProtocolError)]
    public void A_faulty_PRIORITY_on_an_idle_stream_ends_the_connection_because_idle_streams_are_not_reset(
        int octets, Http2ErrorCode code) =>
        Http2Peer.Talk(client =>
        {
            byte[] ofItself = [0, 0, 0, 7, 0, 0];
            client.Send(FrameType.Priority, 0, 7, ofItself[..octets]);
            client.ExpectGoAway(code, 0);
        });

    [Fact]
    public void A_new_stream_closes_the_idle_ones_below_it() => Http2Peer.Talk(client =>
    {
        client.Request(7);
        client.Send(FrameType.WindowUpdate, 0, 3, 0, 0, 0, 1);
        client.TakeTexts().ShouldBeEmpty();
        client.Request(3);
        client.ExpectGoAway(Http2ErrorCode.ProtocolError, 7);
    });

    [Theory]
    [InlineData(1, FrameType.Headers, Http2ErrorCode.StreamClosed)]
    [InlineData(1, FrameType.Data, Http2ErrorCode.StreamClosed)]
    [InlineData(301, FrameType.Headers, Http2ErrorCode.StreamClosed)]
    [InlineData(601, FrameType.Headers, Http2ErrorCode.StreamClosed)]
    [InlineData(701, FrameType.Headers, Http2ErrorCode.ProtocolError)]
    [InlineData(799, FrameType.Headers, Http2ErrorCode.ProtocolError)]
    [InlineData(801, FrameType.Headers, Http2ErrorCode.StreamClosed)]
    public void However_old_a_stream_is_a_new_block_or_content_on_it_ends_the_connection(int stream, FrameType type, Http2ErrorCode code)
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        for (int i = 1; i <= 1401; i += i == 699 ? 102 : 2)
        {
            client.Request(i);
            proxy.Origin.Next().Answer(proxy, "");
        }

        client.TakeAll();
        client.Send(type, Whole, stream, type == FrameType.Data ? [1] : Http2Peer.Block(Http2Peer.Fields()));
        client.ExpectGoAway(code, 1401);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData(FrameType.Data)]
    [InlineData(FrameType.WindowUpdate)]
    [InlineData(FrameType.RstStream)]
    public void A_servers_stream_stays_idle(FrameType type) => Http2Peer.Talk(client =>
    {
        client.Request(1);
        client.Send(type, 0, 2, 0, 0, 0, 1);
        client.ExpectGoAway(Http2ErrorCode.ProtocolError, 1);
    });

    [Fact]
    public void RST_STREAM_is_never_answered_with_RST_STREAM() => Http2Peer.Talk(client =>
    {
        client.Request(1, ends: false);
        client.Send(FrameType.RstStream, 0, 1, 0, 0, 0, 0);
        client.Send(FrameType.RstStream, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF);
        client.TakeTexts().ShouldBeEmpty();
    });

    [Fact]
    public void An_error_code_that_nobody_knows_is_like_any_other()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1);
        Peer origin = proxy.Origin.Next();
        client.Send(FrameType.RstStream, 0, 1, 0xDE, 0xAD, 0xBE, 0xEF);
        origin.IsClosed.ShouldBeTrue();
        client.Send(FrameType.GoAway, 0, 0, 0, 0, 0, 0, 0xDE, 0xAD, 0xBE, 0xEF);
        client.TakeTexts().ShouldBe(["GOAWAY 2147483647 NoError ", "Ping 0 0 8"]);
        proxy.AssertClean();
    }

    [Fact]
    public void GOAWAY_names_the_highest_stream_that_was_looked_at() => Http2Peer.Talk(client =>
    {
        client.Request(1);
        client.Request(9);
        client.Send(FrameType.Ping, 0, 0, 1);
        client.ExpectGoAway(Http2ErrorCode.FrameSizeError, 9);
    });

    [Fact]
    public void The_stream_that_GOAWAY_names_is_never_a_higher_one()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1);
        proxy.Server.Drain();
        proxy.Run();
        client.Send(FrameType.Ping, FrameFlags.Ack, 0, [.. "draining"u8]);
        client.TakeTexts()[^1].ShouldBe("GOAWAY 1 NoError ");
        client.Request(3);
        client.TakeTexts().ShouldBe(["RST_STREAM 3 RefusedStream"]);
        client.Send(FrameType.Ping, 0, 0, 1);
        client.ExpectGoAway(Http2ErrorCode.FrameSizeError, 1);
        proxy.AssertClean();
    }

    [Fact]
    public void A_refused_streams_fields_still_change_the_table()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1);
        Peer origin = proxy.Origin.Next();
        proxy.Server.Drain();
        proxy.Run();
        client.Send(FrameType.Ping, FrameFlags.Ack, 0, [.. "draining"u8]);
        client.Send(FrameType.Headers, Whole, 3, [.. Http2Peer.Block(Http2Peer.Fields()), 0x40, 1, (byte)'x', 1, (byte)'y']);
        client.TakeTexts()[^1].ShouldBe("RST_STREAM 3 RefusedStream");
        client.Send(FrameType.Headers, Whole, 5, [.. Http2Peer.Block(Http2Peer.Fields()), 0xBE]);
        client.TakeTexts().ShouldBe(["RST_STREAM 5 RefusedStream"]);
        origin.Answer(proxy, "");
        proxy.AssertClean();
    }

    [Theory]
    [InlineData(FrameType.Headers)]
    [InlineData(FrameType.Data)]
    [InlineData(FrameType.Settings)]
    [InlineData((FrameType)0x77)]
    public void Within_a_block_nothing_but_its_CONTINUATION_comes(FrameType type) => Http2Peer.Talk(client =>
    {
        byte[] block = Http2Peer.Block(Http2Peer.Fields());
        client.Send(FrameType.Headers, FrameFlags.EndStream, 1, block[..5]);
        client.Send(type, EndHeaders, type == FrameType.Settings ? 0 : 1, type == FrameType.Settings ? [] : block[5..]);
        client.ExpectGoAway(Http2ErrorCode.ProtocolError, 0);
    });

    [Fact]
    public void CONTINUATION_behind_a_block_that_has_ended_is_a_PROTOCOL_ERROR() => Http2Peer.Talk(client =>
    {
        byte[] block = Http2Peer.Block(Http2Peer.Fields());
        client.Send(FrameType.Headers, FrameFlags.EndStream, 1, block[..5]);
        client.Send(FrameType.Continuation, EndHeaders, 1, block[5..]);
        client.Send(FrameType.Continuation, EndHeaders, 1, Http2Peer.Block("x=y"));
        client.ExpectGoAway(Http2ErrorCode.ProtocolError, 1);
    });

    [Theory]
    [InlineData(FrameType.Data)]
    [InlineData(FrameType.Headers)]
    public void A_padded_frame_without_room_for_its_paddings_length_is_a_FRAME_SIZE_ERROR(FrameType type) => Http2Peer.Talk(client =>
    {
        client.Request(1, ends: false);
        client.Send(type, FrameFlags.Padded | FrameFlags.EndHeaders, type == FrameType.Data ? 1 : 3);
        client.ExpectGoAway(Http2ErrorCode.FrameSizeError);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    public void Padding_of_any_length_is_taken_off_and_counts_for_the_window(int padding)
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        byte[] block = Http2Peer.Block(Http2Peer.Fields("POST", more: "content-length=2"));
        client.Send(FrameType.Headers, EndHeaders | FrameFlags.Padded, 1, [(byte)padding, .. block, .. new byte[padding]]);
        client.Send(FrameType.Data, FrameFlags.EndStream | FrameFlags.Padded, 1, [(byte)padding, .. "ok"u8, .. new byte[padding]]);
        Peer origin = proxy.Origin.Next();
        origin.TakeRequest().Body.ShouldBe("ok");
        origin.Answer(proxy, "");
        client.TakeTexts().ShouldBe(["HEADERS 1 end :status: 200|content-length: 0"]);
        proxy.AssertClean();
    }

    [Fact]
    public void Nothing_but_padding_is_content_of_no_octets()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("POST", more: "content-length=0"), ends: false);
        client.Send(FrameType.Data, FrameFlags.EndStream | FrameFlags.Padded, 1, [3, 0, 0, 0]);
        proxy.Origin.Next().TakeRequest().Body.ShouldBe("");
        proxy.AssertClean();
    }

    [Fact]
    public void SETTINGS_that_are_not_acknowledged_are_a_SETTINGS_TIMEOUT() => Http2Peer.Talk(client =>
    {
        client.SendRaw([.. Preface.Octets, .. Http2Peer.Frame(FrameType.Settings, 0, 0)]);
        client.Request(1);
        client.TakeAll();
        client.Advance(12_000);
        client.ExpectGoAway(Http2ErrorCode.SettingsTimeout, 1);
    }, greets: false);

    [Fact]
    public void The_settings_that_Weir_needs_are_said_first() => Http2Peer.Talk(client =>
    {
        client.SendRaw([.. Preface.Octets, .. Http2Peer.Frame(FrameType.Settings, 0, 0)]);
        List<Http2Frame> frames = client.TakeAll();
        frames[0].Type.ShouldBe(FrameType.Settings);
        frames[0].Flags.ShouldBe((byte)0);
        Dictionary<int, uint> said = frames[0].Payload.Chunk(6).ToDictionary(
            entry => (entry[0] << 8) | entry[1], entry => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(entry.AsSpan(2)));
        said[3].ShouldBeGreaterThanOrEqualTo(100u);
        said[8].ShouldBe(1u);
        said[9].ShouldBe(1u);
        said.ShouldNotContainKey(2, "push is no server's to allow");
        client.Send(FrameType.Settings, FrameFlags.Ack, 0);
    }, greets: false);

    [Fact]
    public void A_stream_ends_without_content_whatever_its_window_is()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy, true, Http2Peer.Setting(4, 0));
        client.Request(1);
        Peer origin = proxy.Origin.Next();
        origin.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        client.TakeTexts().ShouldBe(["HEADERS 1 :status: 200"]);
        origin.Send("0\r\n\r\n");
        client.TakeTexts().ShouldBe(["DATA 1 end 0"]);
        proxy.AssertClean();
    }

    [Fact]
    public void Unknown_settings_are_ignored_and_the_last_value_of_a_known_one_holds()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy, true, [.. Http2Peer.Setting(0x99, 7), .. Http2Peer.Setting(4, 5), .. Http2Peer.Setting(4, 3), .. Http2Peer.Setting(3, 0)]);
        client.Request(1);
        proxy.Origin.Next().Answer(proxy, "hello");
        client.TakeTexts().ShouldBe(["HEADERS 1 :status: 200|content-length: 5", "DATA 1 3"]);
        client.Send(FrameType.WindowUpdate, 0, 1, 0x80, 0, 0, 9);
        client.TakeTexts().ShouldBe(["DATA 1 end 2"]);
        proxy.AssertClean();
    }

    [Fact]
    public void Frames_are_never_larger_than_the_client_allows_and_the_default_is_never_exceeded()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy, true, [.. Http2Peer.Setting(5, 1 << 20), .. Http2Peer.Setting(4, 1 << 20)]);
        client.Request(1);
        proxy.Origin.Next().Answer(proxy, new string('x', 60_000));
        List<Http2Frame> frames = client.TakeAll();
        frames.ShouldAllBe(frame => frame.Payload.Length <= 16_384);
        Http2Peer.Content(frames, 1).Length.ShouldBe(60_000);
        proxy.AssertClean();
    }
}
