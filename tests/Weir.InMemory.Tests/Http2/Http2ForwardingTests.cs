using Weir.Http.Http2;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Http2;

/// <summary>HTTP/2 clients in front of HTTP/1.1 origins: everything an exchange can do.</summary>
public sealed class Http2ForwardingTests
{
    [Fact]
    public void A_request_is_forwarded_and_its_answer_comes_back()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("GET", "/a?b=c", "user-agent=x|cookie=a=1|cookie=b=2"));
        Peer origin = proxy.Origin.Next();
        Message request = origin.TakeRequest();
        request.StartLine.ShouldBe("GET /a?b=c HTTP/1.1");
        request["Host"].ShouldBe("a.example");
        request["Cookie"].ShouldBe("a=1; b=2");
        request["Via"].ShouldStartWith("2 ");
        origin.Answer(proxy, "hello", "HTTP/1.1 200 OK", "Content-Type: text/plain", "X-Mixed: Case", "Connection: keep-alive", "Keep-Alive: timeout=5");
        List<Http2Frame> frames = client.TakeAll();
        frames[0].ToString().ShouldBe("HEADERS 1 :status: 200|content-type: text/plain|x-mixed: Case|content-length: 5");
        frames[1].ToString().ShouldBe("DATA 1 end 5");
        frames[1].Text.ShouldBe("hello");
        frames.Count.ShouldBe(2);
        proxy.AssertClean();
    }

    [Fact]
    public void The_answers_of_one_turn_leave_in_one_write()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.SendRaw([.. Enumerable.Range(0, 10).SelectMany(i =>
            Http2Peer.Frame(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, 1 + (2 * i), Http2Peer.Block(Http2Peer.Fields())))]);
        Peer[] origins = [.. Enumerable.Range(0, 10).Select(_ => proxy.Origin.Next())];
        int calls = client.Peer.Connection.CallCount;
        foreach (Peer origin in origins)
        {
            origin.Connection.PeerSend("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8);
        }

        proxy.Run();
        client.TakeAll().Count(frame => frame.EndsStream).ShouldBe(10);
        (client.Peer.Connection.CallCount - calls).ShouldBe(1);
        proxy.AssertClean();
    }

    [Fact]
    public void Content_streams_both_ways_and_trailers_follow()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("POST"), ends: false);
        client.Data(1, "one");
        Peer origin = proxy.Origin.Next();
        client.Data(1, "two");
        client.Send(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, 1, Http2Peer.Block("x-sum=6|content-length=9"));
        Message request = origin.TakeRequest();
        request.Body.ShouldBe("onetwo");
        request.Trailers.ShouldContain("x-sum: 6");
        request.Trailers.ShouldNotContain("content-length");
        origin.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        client.TakeTexts().ShouldBe(["HEADERS 1 :status: 200", "DATA 1 3"]);
        origin.Send("0\r\nX-Check: 1\r\n\r\n");
        client.TakeTexts().ShouldBe(["HEADERS 1 end x-check: 1"]);
        proxy.AssertClean();
    }

    [Fact]
    public void Interim_answers_and_Expect_pass()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("POST", more: "expect=100-continue|content-length=2"), ends: false);
        Peer origin = proxy.Origin.Next();
        origin.Received.ShouldContain("xpect: 100-continue");
        origin.Send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
        client.TakeTexts().ShouldBe(["HEADERS 1 :status: 100", "HEADERS 1 :status: 103|link: </a>"]);
        client.Data(1, "ok", ends: true);
        origin.TakeRequest().Body.ShouldBe("ok");
        origin.Send("HTTP/1.1 204 No Content\r\n\r\n");
        client.TakeTexts().ShouldBe(["HEADERS 1 end :status: 204"]);
        proxy.AssertClean();
    }

    [Fact]
    public void An_answer_to_HEAD_keeps_its_length_and_has_no_content()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("HEAD"));
        proxy.Origin.Next().Send("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
        client.TakeTexts().ShouldBe(["HEADERS 1 end :status: 200|content-length: 500"]);
        proxy.AssertClean();
    }

    [Fact]
    public void An_early_answer_ends_the_request_without_an_error()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("POST"), ends: false);
        client.Data(1, "some");
        proxy.Origin.Next().Send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
        client.TakeTexts().ShouldBe(["HEADERS 1 :status: 403|content-length: 2", "DATA 1 end 2", "RST_STREAM 1 NoError"]);
        client.Data(1, "more");
        client.TakeTexts().ShouldBeEmpty();
        proxy.AssertClean();
    }

    [Fact]
    public void A_reset_by_the_client_cancels_the_request_at_the_origin()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1);
        Peer origin = proxy.Origin.Next();
        client.Send(FrameType.RstStream, 0, 1, Http2Peer.Number((uint)Http2ErrorCode.Cancel));
        origin.IsClosed.ShouldBeTrue();
        client.TakeTexts().ShouldBeEmpty();
        client.Request(3);
        proxy.Origin.Next().Answer(proxy, "x");
        client.TakeTexts().ShouldContain("DATA 3 end 1");
        proxy.AssertClean();
    }

    [Fact]
    public void An_answer_that_breaks_off_resets_the_stream()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1);
        Peer origin = proxy.Origin.Next();
        origin.Send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
        origin.End();
        client.TakeTexts().ShouldBe(["HEADERS 1 :status: 200|content-length: 10", "DATA 1 3", "RST_STREAM 1 InternalError"]);
        proxy.AssertClean();
    }

    [Fact]
    public void An_origin_that_cannot_be_used_is_answered_with_502()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("POST", more: "content-length=0"));
        proxy.Origin.Next().Reset();
        client.TakeAll()[0].Fields.ShouldStartWith(":status: 502");
        proxy.AssertClean();
    }

    [Fact]
    public void Content_waits_for_the_streams_window_and_for_the_connections()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy, true, Http2Peer.Setting(4, 10));
        client.Request(1);
        proxy.Origin.Next().Answer(proxy, new string('x', 100_000));
        Http2Peer.Content(client.TakeAll(), 1).Length.ShouldBe(10);
        client.Send(FrameType.WindowUpdate, 0, 1, Http2Peer.Number(15));
        Http2Peer.Content(client.TakeAll(), 1).Length.ShouldBe(15);
        client.Send(FrameType.Settings, 0, 0, Http2Peer.Setting(4, 100_000));
        Http2Peer.Content(client.TakeAll(), 1).Length.ShouldBe(65_535 - 25);
        client.Send(FrameType.WindowUpdate, 0, 0, Http2Peer.Number(1_000_000));
        List<Http2Frame> frames = client.TakeAll();
        Http2Peer.Content(frames, 1).Length.ShouldBe(100_000 - 65_535);
        frames[^1].EndsStream.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Fact]
    public void A_client_that_opens_its_window_too_slowly_loses_the_stream_and_not_the_connection()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy, true, Http2Peer.Setting(4, 10));
        client.Request(1);
        proxy.Origin.Next().Answer(proxy, new string('x', 100_000));
        List<Http2Frame> frames = client.TakeAll();
        for (int second = 0; second < 65; second++)
        {
            client.Send(FrameType.WindowUpdate, 0, 1, Http2Peer.Number(1));
            proxy.Advance(1000);
            frames.AddRange(client.TakeAll());
        }

        frames[^1].Type.ShouldBe(FrameType.RstStream);
        proxy.Ended.Error.ShouldBe("client_too_slow");
        client.Peer.IsEnded.ShouldBeFalse();
        proxy.AssertClean();
    }

    [Fact]
    public void A_window_made_smaller_becomes_negative_and_is_waited_for()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy, true, Http2Peer.Setting(4, 100));
        client.Request(1);
        proxy.Origin.Next().Answer(proxy, new string('x', 200));
        Http2Peer.Content(client.TakeAll(), 1).Length.ShouldBe(100);
        client.Send(FrameType.Settings, 0, 0, Http2Peer.Setting(4, 50));
        client.Send(FrameType.WindowUpdate, 0, 1, Http2Peer.Number(50));
        Http2Peer.Content(client.TakeAll(), 1).Length.ShouldBe(0);
        client.Send(FrameType.WindowUpdate, 0, 1, Http2Peer.Number(1));
        Http2Peer.Content(client.TakeAll(), 1).Length.ShouldBe(1);
        client.Send(FrameType.WindowUpdate, 0, 1, Http2Peer.Number(1000));
        Http2Peer.Content(client.TakeAll(), 1).Length.ShouldBe(99);
        proxy.AssertClean();
    }

    [Fact]
    public void Large_uploads_open_the_windows_as_the_origin_takes_them()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("POST", more: "content-length=1000000"), ends: false);
        long window = 65_535;
        long connectionWindow = 1 << 20;
        int sent = 0;
        while (sent < 1_000_000)
        {
            int count = (int)Math.Min(Math.Min(16_384, window), Math.Min(connectionWindow, 1_000_000 - sent));
            count.ShouldBeGreaterThan(0, "The windows stay closed.");
            sent += count;
            client.Data(1, new string('y', count), ends: sent == 1_000_000);
            window -= count;
            connectionWindow -= count;
            foreach (Http2Frame frame in client.TakeAll())
            {
                frame.Type.ShouldBe(FrameType.WindowUpdate);
                window += frame.Stream == 1 ? frame.Number : 0;
                connectionWindow += frame.Stream == 0 ? frame.Number : 0;
            }
        }

        Peer origin = proxy.Origin.Next();
        origin.TakeRequest().Body.Length.ShouldBe(1_000_000);
        origin.Answer(proxy, "");
        client.TakeTexts().ShouldContain("HEADERS 1 end :status: 200|content-length: 0");
        proxy.AssertClean();
    }

    [Fact]
    public void A_slow_origin_holds_up_its_own_stream_only()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("POST"), ends: false);
        Peer slow = proxy.Origin.Next();
        slow.Connection.OpenWindow(0);
        for (int i = 0; i < 3; i++)
        {
            client.Data(1, new string('y', 16_384));
        }

        client.Request(3);
        proxy.Origin.Next().Answer(proxy, "fast");
        List<Http2Frame> frames = client.TakeAll();
        Http2Peer.Content(frames, 3).ShouldBe("fast");
        client.Send(FrameType.RstStream, 0, 1, Http2Peer.Number(8));
        proxy.AssertClean();
    }

    [Fact]
    public void A_client_that_reads_slowly_costs_one_buffer_and_gets_everything()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy, true, Http2Peer.Setting(4, int.MaxValue));
        client.Send(FrameType.WindowUpdate, 0, 0, Http2Peer.Number(1 << 30));
        client.Peer.Connection.OpenWindow(0);
        client.Request(1);
        Peer origin = proxy.Origin.Next();
        origin.Send("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + new string('z', 300_000));
        proxy.Run();
        proxy.BuffersRented.ShouldBeLessThan(4);
        int got = 0;
        for (int i = 0; i < 100 && got < 300_000; i++)
        {
            client.Peer.Connection.OpenWindow(7_001);
            proxy.Run();
            got += Http2Peer.Content(client.TakeAll(), 1).Length;
        }

        got.ShouldBe(300_000);
        proxy.AssertClean();
    }

    [Fact]
    public void The_more_urgent_answer_is_sent_first()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy, true, Http2Peer.Setting(4, 1_000_000));
        client.Request(1, Http2Peer.Fields(more: "priority=u=5"));
        Peer first = proxy.Origin.Next();
        client.Request(3, Http2Peer.Fields(more: "priority=u=1, i"));
        Peer second = proxy.Origin.Next();
        client.Request(5, Http2Peer.Fields(more: "priority=u=1, i"));
        Peer third = proxy.Origin.Next();
        client.Request(7);
        Peer fourth = proxy.Origin.Next();
        fourth.Answer(proxy, new string('f', 65_535));
        client.TakeAll();
        first.Answer(proxy, new string('a', 10_000));
        second.Answer(proxy, new string('b', 10_000));
        third.Answer(proxy, new string('c', 10_000));
        client.TakeAll();
        client.Send(FrameType.PriorityUpdate, 0, 0, [.. Http2Peer.Number(3), .. "u=2"u8]);
        client.Send(FrameType.WindowUpdate, 0, 0, Http2Peer.Number(1_000_000));
        int[] order = [.. client.TakeAll().Where(frame => frame.Type == FrameType.Data).Select(frame => frame.Stream)];
        order.ShouldBe([5, 3, 1]);
        proxy.AssertClean();
    }

    [Fact]
    public void A_WebSocket_becomes_an_upgrade_and_its_octets_pass()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(
            1, Http2Peer.Fields("CONNECT", "/ws", ":protocol=websocket|sec-websocket-version=13|sec-websocket-protocol=chat"), ends: false);
        Peer origin = proxy.Origin.Next();
        Message request = origin.TakeRequest();
        request.StartLine.ShouldBe("GET /ws HTTP/1.1");
        request["Upgrade"].ShouldBe("websocket");
        request["Connection"]!.ToLowerInvariant().ShouldContain("upgrade");
        request["Sec-WebSocket-Key"]!.Length.ShouldBe(24);
        request["Sec-WebSocket-Protocol"].ShouldBe("chat");
        origin.SendSwitch("hi");
        client.TakeTexts().ShouldBe(["HEADERS 1 :status: 200", "DATA 1 2"]);
        proxy.Advance(20_000);
        client.Data(1, "abc");
        proxy.Run();
        origin.TakeAll().ShouldBe("abc");
        client.Data(1, "", ends: true);
        proxy.Run();
        origin.IsEnded.ShouldBeTrue();
        origin.Send("bye");
        origin.End();
        client.TakeTexts().ShouldBe(["DATA 1 3", "DATA 1 end 0"]);
        proxy.AssertClean();
    }

    [Fact]
    public void An_extended_CONNECT_for_anything_else_is_refused()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("CONNECT", "/x", ":protocol=connect-udp"), ends: false);
        client.TakeTexts().ShouldBe(["HEADERS 1 end :status: 400|content-length: 0", "RST_STREAM 1 NoError"]);
        client.Request(3, ":method=CONNECT|:authority=a.example:443", ends: false);
        client.TakeAll()[0].Fields.ShouldStartWith(":status: 405");
        proxy.AssertClean();
    }

    [Fact]
    public void HTTP1_is_still_spoken_beside_it()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Peer client = proxy.Connect();
        client.Send("PO");
        client.Send("ST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        proxy.Origin.Next().Answer(proxy, "one");
        client.TakeResponse().Body.ShouldBe("one");
        proxy.AssertClean();
    }

    [Fact]
    public void Draining_says_GOAWAY_in_two_steps_and_serves_what_is_on_its_way()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1);
        Peer first = proxy.Origin.Next();
        proxy.Server.Drain();
        proxy.Run();
        client.TakeTexts().ShouldBe(["GOAWAY 2147483647 NoError ", "Ping 0 0 8"]);
        client.Request(3);
        Peer second = proxy.Origin.Next();
        client.Send(FrameType.Ping, FrameFlags.Ack, 0, [.. "draining"u8]);
        client.TakeTexts().ShouldBe(["GOAWAY 3 NoError "]);
        client.Request(5);
        client.TakeTexts().ShouldBe(["RST_STREAM 5 RefusedStream"]);
        first.Answer(proxy, "a");
        client.Peer.IsEnded.ShouldBeFalse();
        second.Answer(proxy, "b");
        client.TakeAll().Count(frame => frame.EndsStream).ShouldBe(2);
        client.Peer.IsEnded.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Fact]
    public void An_idle_connection_is_ended_and_holds_no_buffer()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        proxy.BuffersRented.ShouldBe(0);
        proxy.Advance(61_000);
        client.TakeTexts().ShouldBe(["GOAWAY 0 NoError idle"]);
        proxy.AssertClean();
    }

    [Fact]
    public void Content_that_comes_too_slowly_ends_with_408()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("POST"), ends: false);
        client.Data(1, "a");
        proxy.Advance(8_000);
        client.TakeAll()[0].Fields.ShouldStartWith(":status: 408");
        proxy.AssertClean();
    }

    [Fact]
    public void Too_much_content_is_answered_with_413()
    {
        using Proxy proxy = new(Http2Peer.Yaml + "\nlimits: { body_size: 1KiB }");
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields("POST", more: "content-length=2000"), ends: false);
        client.TakeAll()[0].Fields.ShouldStartWith(":status: 413");
        client.Request(3, Http2Peer.Fields("POST"), ends: false);
        client.Data(3, new string('x', 2000));
        client.TakeAll().First(frame => frame.Stream == 3).Fields.ShouldStartWith(":status: 413");
        proxy.AssertClean();
    }

    [Fact]
    public void Heads_that_are_refused_are_answered_with_their_status()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1, Http2Peer.Fields(path: "/%zz"));
        client.TakeTexts().ShouldBe(["HEADERS 1 end :status: 400|content-length: 0"]);
        client.Request(3, ":method=GET|:scheme=https|:path=/|:authority=a");
        client.TakeTexts().ShouldBe(["HEADERS 3 end :status: 421|content-length: 0"]);
        client.SendRaw([
            .. Http2Peer.Frame(
                FrameType.Headers, FrameFlags.EndStream, 5, Http2Peer.Block(Http2Peer.Fields(more: "x=" + new string('a', 16_000)))),
            .. Http2Peer.Frame(FrameType.Continuation, 0, 5, Http2Peer.Block("y=" + new string('a', 16_000))),
            .. Http2Peer.Frame(FrameType.Continuation, FrameFlags.EndHeaders, 5, Http2Peer.Block("z=" + new string('a', 16_000))),
        ]);
        client.TakeTexts().ShouldContain("HEADERS 5 end :status: 431|content-length: 0");
        proxy.AssertClean();
    }
}
