using Weir.Http.Http2;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Http2;

/// <summary>RFC 9218: who is served first, and what PRIORITY_UPDATE may be.</summary>
public sealed class PriorityTests
{
    private const int Large = 100_000;

    [Fact]
    public void Incremental_answers_of_one_urgency_are_served_in_turns()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = Full(proxy);
        Answer(proxy, client, 3, "u=3, i");
        Answer(proxy, client, 5, "u=3, i");
        Answer(proxy, client, 7, "u=3, i");

        // None is ahead of another by more than what an exchange hands over at once.
        Dictionary<int, int> sent = new() { [3] = 0, [5] = 0, [7] = 0 };
        foreach (Http2Frame frame in Frames(client))
        {
            sent[frame.Stream] += frame.Payload.Length;
            (sent.Values.Max() - sent.Values.Min()).ShouldBeLessThan(50_000);
        }

        sent.Values.ShouldAllBe(octets => octets == Large);

        proxy.AssertClean();
    }

    [Fact]
    public void Answers_that_are_of_use_only_whole_are_served_one_after_the_other()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = Full(proxy);
        Answer(proxy, client, 3, "u=3");
        Answer(proxy, client, 5, "u=3");
        Order(client).ShouldBeInOrder();
        proxy.AssertClean();
    }

    [Fact]
    public void Urgency_decides_under_a_full_window()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = Full(proxy);
        int[] urgencies = [7, 2, 5, 0, 3, 6, 1, 4];
        for (int i = 0; i < urgencies.Length; i++)
        {
            Answer(proxy, client, 3 + (2 * i), $"u={urgencies[i]}");
        }

        // The window opens bit by bit: whoever is most urgent gets all of it.
        List<int> order = [];
        for (int i = 0; i < 200; i++)
        {
            client.Send(FrameType.WindowUpdate, 0, 0, Http2Peer.Number(5_000));
            order.AddRange(client.TakeAll().Where(frame => frame.Type == FrameType.Data).Select(frame => frame.Stream));
        }

        order.Select(stream => urgencies[(stream - 3) / 2]).ShouldBeInOrder();
        order.Distinct().Count().ShouldBe(urgencies.Length);
        proxy.AssertClean();
    }

    [Fact]
    public void An_update_before_the_stream_opens_counts_and_outweighs_the_field()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = Full(proxy);
        client.Send(FrameType.PriorityUpdate, 0, 0, [.. Http2Peer.Number(5), .. "u=6"u8]);
        client.Send(FrameType.PriorityUpdate, 0, 0, [.. Http2Peer.Number(7), .. "u=6"u8]);
        client.Send(FrameType.PriorityUpdate, 0, 0, [.. Http2Peer.Number(7), .. "u=0"u8]);
        Answer(proxy, client, 3, "u=4");
        Answer(proxy, client, 5, "u=1");
        Answer(proxy, client, 7, "u=5");
        Order(client).Distinct().ShouldBe([7, 3, 5]);
        proxy.AssertClean();
    }

    [Fact]
    public void More_updates_for_streams_to_come_than_are_kept_lose_the_oldest()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = Full(proxy);
        for (int i = 0; i < 40; i++)
        {
            client.Send(FrameType.PriorityUpdate, 0, 0, [.. Http2Peer.Number((uint)(3 + (2 * i))), .. "u=0"u8]);
        }

        Answer(proxy, client, 3, "u=4");
        Answer(proxy, client, 81, "u=5");
        Order(client).Distinct().ShouldBe([81, 3]);
        proxy.AssertClean();
    }

    [Fact]
    public void The_origins_field_has_the_last_word_and_what_it_leaves_out_stands()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = Full(proxy);
        Answer(proxy, client, 3, "u=1", "Priority: u=5");
        Answer(proxy, client, 5, "u=4, i", "Priority: u=3");
        Answer(proxy, client, 7, "u=3, i");
        int[] order = Order(client);
        order.SkipWhile(stream => stream != 3).Distinct().ShouldBe([3], string.Join(" ", order));
        order.TakeWhile(stream => stream != 3).Zip(order.Skip(1), (one, other) => one != other).Count(isTurn => isTurn).ShouldBeGreaterThan(4);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData(1, 4, Http2ErrorCode.ProtocolError)]
    [InlineData(0, 3, Http2ErrorCode.FrameSizeError)]
    public void An_update_is_a_frame_of_the_connection_and_names_a_stream(int stream, int octets, Http2ErrorCode code) =>
        Http2Peer.Talk(client =>
    {
        client.Request(1);
        byte[] payload = [0, 0, 0, 1];
        client.Send(FrameType.PriorityUpdate, 0, stream, payload[..octets]);
        client.ExpectGoAway(code, 1);
    });

    [Theory]
    [InlineData(0u)]
    [InlineData(2u)]
    public void An_update_names_a_stream_that_a_client_may_open(uint stream) => Http2Peer.Talk(client =>
    {
        client.Send(FrameType.PriorityUpdate, 0, 0, Http2Peer.Number(stream));
        client.ExpectGoAway(Http2ErrorCode.ProtocolError, 0);
    });

    [Fact]
    public void Updates_for_closed_streams_and_those_that_nobody_can_read_are_ignored()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        client.Request(1);
        proxy.Origin.Next().Answer(proxy, "");
        client.TakeAll();
        client.Send(FrameType.PriorityUpdate, 0, 0, [.. Http2Peer.Number(1), .. "u=0"u8]);
        client.Send(FrameType.PriorityUpdate, 0, 0, [.. Http2Peer.Number(3), .. "\"u"u8]);
        client.Request(3, Http2Peer.Fields(more: "priority=u=%"));
        proxy.Origin.Next().Answer(proxy, "");
        client.TakeTexts().ShouldBe(["HEADERS 3 end :status: 200|content-length: 0"]);
        proxy.AssertClean();
    }

    [Fact]
    public void The_field_reaches_the_origin() => Http2Peer.Talk(client =>
        client.Request(1, Http2Peer.Fields(more: "priority=u=1, i")), proxy => proxy.Origin.OnConnect = connection => connection.OnActivity = sent =>
        System.Text.Encoding.Latin1.GetString(sent.Sent).ShouldContain("priority: u=1, i"));

    [Fact]
    public void The_setting_that_turns_the_old_tree_off_does_not_change() => Http2Peer.Talk(client =>
    {
        client.Send(FrameType.Settings, 0, 0, Http2Peer.Setting(9, 1));
        client.ExpectGoAway(Http2ErrorCode.ProtocolError, 0);
    });

    // A client whose connection's window is used up by stream 1.
    private static Http2Peer Full(Proxy proxy)
    {
        Http2Peer client = new(proxy, true, Http2Peer.Setting(4, 1 << 20));
        client.Request(1);
        proxy.Origin.Next().Answer(proxy, new string('f', 65_535));
        client.TakeAll();
        return client;
    }

    private static void Answer(Proxy proxy, Http2Peer client, int stream, string priority, params string[] lines)
    {
        client.Request(stream, Http2Peer.Fields(more: "priority=" + priority));
        proxy.Origin.Next().Answer(proxy, new string('a', Large), ["HTTP/1.1 200 OK", .. lines]);
    }

    private static int[] Order(Http2Peer client) => [.. Frames(client).Select(frame => frame.Stream)];

    private static IEnumerable<Http2Frame> Frames(Http2Peer client)
    {
        client.TakeAll().ShouldNotContain(frame => frame.Type == FrameType.Data);
        client.Send(FrameType.WindowUpdate, 0, 0, Http2Peer.Number(10_000_000));
        return client.TakeAll().Where(frame => frame.Type == FrameType.Data);
    }
}
