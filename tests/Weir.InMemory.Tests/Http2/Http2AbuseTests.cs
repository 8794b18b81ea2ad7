using Weir.Http.Http2;
using Weir.InMemory.Tests.Harness;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.InMemory.Tests.Http2;

/// <summary>Floods of every kind end the connection with ENHANCE_YOUR_CALM, are counted and logged, and leave nothing behind.</summary>
public sealed class Http2AbuseTests
{
    private const int Most = 100_000;

    [Fact]
    public void Requests_that_are_reset_at_once() => Flood(Counter.Http2AbuseRapidReset, i =>
    [
        .. Http2Peer.Frame(FrameType.Headers, 5, 1 + (2 * i), Http2Peer.Block(Http2Peer.Fields())),
        .. Http2Peer.Frame(FrameType.RstStream, 0, 1 + (2 * i), 0, 0, 0, 8),
    ]);

    [Fact]
    public void Requests_that_are_reset_with_them_reach_neither_modules_nor_origins()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        byte[] batch = [.. Enumerable.Range(0, 50).SelectMany(i => (byte[])
        [
            .. Http2Peer.Frame(FrameType.Headers, 5, 1 + (2 * i), Http2Peer.Block(Http2Peer.Fields())),
            .. Http2Peer.Frame(FrameType.RstStream, 0, 1 + (2 * i), 0, 0, 0, 8),
        ])];
        client.SendRaw(batch);
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.Counters.OfLoop(0).Read(Counter.ExchangesStarted).ShouldBe(0);
        client.Request(101);
        proxy.Origin.Next().Answer(proxy, "still served");
        proxy.Counters.OfLoop(0).Read(Counter.ExchangesStarted).ShouldBe(1);
        proxy.AssertClean();
    }

    [Fact]
    public void Requests_that_are_reset_in_later_packets_cost_origins_no_more_than_may_be_open_at_once()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        int asked = 0;
        for (int id = 1; id < 2 * Most && !client.Peer.IsEnded; id += 2, asked++)
        {
            client.Request(id);
            client.Send(FrameType.RstStream, 0, id, 0, 0, 0, 8);
        }

        asked.ShouldBeInRange(100, 130);
        proxy.Counters.OfLoop(0).Read(Counter.ExchangesStarted).ShouldBeLessThanOrEqualTo(130);
        Judge(proxy, client, Counter.Http2AbuseRapidReset);
    }

    [Fact]
    public void A_browser_that_gives_up_100_images_of_each_page_it_leaves_is_served_on()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        int id = 1;
        for (int page = 0; page < 4; page++)
        {
            client.Request(id);
            proxy.Origin.Connections.Last(origin => origin.Received.Length > 0).Answer(proxy, "page");
            int first = id += 2;
            for (int i = 0; i < 100; i++, id += 2)
            {
                client.Request(id);
            }

            for (int image = first; image < id; image += 2)
            {
                client.Send(FrameType.RstStream, 0, image, 0, 0, 0, 8);
            }

            proxy.Advance(5_000);
        }

        client.Peer.IsEnded.ShouldBeFalse();
        proxy.Counters.OfLoop(0).Read(Counter.Http2AbuseRapidReset).ShouldBe(0);
        client.Request(id);
        proxy.Origin.Connections.Last(origin => origin.Received.Length > 0).Answer(proxy, "still served");
        proxy.AssertClean();
    }

    [Fact]
    public void Requests_that_must_be_reset() => Flood(Counter.Http2AbuseProvokedReset, i =>
    [
        .. Http2Peer.Frame(FrameType.Headers, 4, 1 + (2 * i), Http2Peer.Block(Http2Peer.Fields())),
        .. Http2Peer.Frame(FrameType.WindowUpdate, 0, 1 + (2 * i), 0, 0, 0, 0),
    ]);

    [Fact]
    public void Requests_that_are_malformed() =>
        Flood(Counter.Http2AbuseProvokedReset, i => Http2Peer.Frame(FrameType.Headers, 5, 1 + (2 * i), Http2Peer.Block("X=y")));

    [Fact]
    public void Streams_above_the_limit() =>
        Flood(
            Counter.Http2AbuseStreams, i => Http2Peer.Frame(FrameType.Headers, 4, 1 + (2 * i), Http2Peer.Block(Http2Peer.Fields("POST"))));

    [Fact]
    public void Blocks_without_end() => Flood(Counter.Http2AbuseContinuation, i => i == 0
        ? Http2Peer.Frame(FrameType.Headers, 1, 1, Http2Peer.Block(Http2Peer.Fields()))
        : Http2Peer.Frame(FrameType.Continuation, 0, 1));

    [Fact]
    public void Blocks_that_are_too_large() => Flood(Counter.Http2AbuseContinuation, i => i == 0
        ? Http2Peer.Frame(FrameType.Headers, 1, 1, Http2Peer.Block(Http2Peer.Fields()))
        : Http2Peer.Frame(FrameType.Continuation, 0, 1, Http2Peer.Block("x=" + new string('y', 16_000))));

    [Fact]
    public void Blocks_that_unfold()
    {
        byte[] first = [.. Http2Peer.Block(Http2Peer.Fields()), 0x40, 1, (byte)'a', 0x7F, 0xA1, 0x1E, .. Enumerable.Repeat((byte)'v', 4000)];
        Flood(Counter.Http2AbuseHpackBomb, i => i == 0
            ? Http2Peer.Frame(FrameType.Headers, 5, 1, first)
            : Http2Peer.Frame(FrameType.Headers, 5, 1 + (2 * i), [.. Http2Peer.Block(Http2Peer.Fields()), .. Enumerable.Repeat((byte)0xBE, 10_000)]));
    }

    [Fact]
    public void SETTINGS() => Flood(Counter.Http2AbuseSettings, _ => Http2Peer.Frame(FrameType.Settings, 0, 0));

    [Fact]
    public void Acknowledgements_of_SETTINGS() => Flood(Counter.Http2AbuseSettings, _ => Http2Peer.Frame(FrameType.Settings, 1, 0));

    [Fact]
    public void PING() => Flood(Counter.Http2AbusePing, _ => Http2Peer.Frame(FrameType.Ping, 0, 0, new byte[8]));

    [Fact]
    public void WINDOW_UPDATE() => Flood(Counter.Http2AbuseWindowUpdate, _ => Http2Peer.Frame(FrameType.WindowUpdate, 0, 0, 0, 0, 0, 1));

    [Fact]
    public void PRIORITY() => Flood(Counter.Http2AbusePriority, _ => Http2Peer.Frame(FrameType.Priority, 0, 1, 0, 0, 0, 3, 1));

    [Fact]
    public void PRIORITY_UPDATE() =>
        Flood(Counter.Http2AbusePriority, _ => Http2Peer.Frame(FrameType.PriorityUpdate, 0, 0, 0, 0, 0, 1, 0x69));

    [Fact]
    public void Unknown_frames() => Flood(Counter.Http2AbusePriority, _ => Http2Peer.Frame((FrameType)99, 0, 0));

    [Fact]
    public void DATA_without_octets() => Flood(Counter.Http2AbuseEmptyData, i => i == 0
        ? Http2Peer.Frame(FrameType.Headers, 4, 1, Http2Peer.Block(Http2Peer.Fields("POST")))
        : Http2Peer.Frame(FrameType.Data, 0, 1));

    [Fact]
    public void Windows_of_one_octet()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy, true, Http2Peer.Setting(4, 1));
        client.Request(1);
        proxy.Origin.Next().Answer(proxy, new string('x', 10_000));
        for (int i = 0; i < Most && !client.Peer.IsEnded; i++)
        {
            client.Send(FrameType.WindowUpdate, 0, 1, 0, 0, 0, 1);
        }

        Judge(proxy, client, Counter.Http2AbuseTinyWindow);
    }

    [Fact]
    public void Answers_that_nobody_reads_stop_the_reading()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Peer.Connection.OpenWindow(0);
        for (int i = 0; i < 150; i++)
        {
            client.SendRaw(Http2Peer.Frame(FrameType.Ping, 0, 0, new byte[8]));
        }

        proxy.BuffersRented.ShouldBeLessThan(4);
        proxy.Advance(61_000);
        client.Peer.IsClosed.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Fact]
    public void Frames_that_do_not_come_whole_are_waited_for_as_long_as_heads()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Send(FrameType.Headers, 1, 1, Http2Peer.Block(Http2Peer.Fields()));
        proxy.Advance(12_000);
        client.ExpectGoAway(Http2ErrorCode.ProtocolError);
        Http2Peer silent = new(proxy, greets: false);
        silent.SendRaw(Preface.Octets[..20].ToArray());
        proxy.Advance(12_000);
        silent.Peer.IsEnded.ShouldBeTrue();
        proxy.AssertClean();
    }

    private static void Flood(Counter counter, Func<int, byte[]> piece)
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        for (int i = 0; i < Most && !client.Peer.IsEnded; i++)
        {
            client.Peer.Connection.PeerSend(piece(i));
            if (i % 8 == 7)
            {
                proxy.Run();
            }
        }

        proxy.Run();
        Judge(proxy, client, counter);
    }

    private static void Judge(Proxy proxy, Http2Peer client, Counter counter)
    {
        client.ExpectGoAway(Http2ErrorCode.EnhanceYourCalm);
        proxy.Counters.OfLoop(0).Read(counter).ShouldBe(1);
        proxy.Events.CountOf(OperatorEvents.Http2Abuse).ShouldBe(1);
        proxy.BuffersRented.ShouldBeLessThan(8);
        proxy.AssertClean();
    }
}
