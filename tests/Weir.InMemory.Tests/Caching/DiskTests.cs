using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Caching;

/// <summary>Proves what a client gets of what lies on the cache's disk, and that nothing stays held.</summary>
public sealed class DiskTests
{
    [Theory]
    [InlineData(1_000)]
    [InlineData(200_000)]
    [InlineData(700_000)]
    public void What_memory_lost_is_a_hit_from_the_disk(int octets)
    {
        using DiskBed bed = new();
        bed.StoreOnDisk("/a", octets);
        for (int i = 0; i < 2; i++)
        {
            Message hit = bed.Get("/a");
            hit.Status.ShouldBe(200);
            hit.Body.ShouldBe(DiskBed.Content(octets));
            hit["Cache-Status"].ShouldNotBeNull().ShouldStartWith("weir;hit");
        }

        bed.Proxy.Origin.Connections.Sum(connection => connection.Received.Length).ShouldBe(0, "the origin was asked");
        bed.Proxy.AssertClean();
    }

    [Theory]
    [InlineData("bytes=0-9", 0, 10)]
    [InlineData("bytes=65530-65540", 65_530, 11)]
    [InlineData("bytes=-5", 699_995, 5)]
    [InlineData("bytes=100000-", 100_000, 600_000)]
    public void A_range_of_what_lies_on_disk_is_served_from_there(string range, int start, int octets)
    {
        using DiskBed bed = new();
        bed.StoreOnDisk("/a", 700_000);
        Message part = bed.Get("/a", "Range: " + range);
        part.Status.ShouldBe(206);
        part.Body.ShouldBe(DiskBed.Content(700_000).Substring(start, octets));
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void A_condition_is_answered_without_the_body()
    {
        using DiskBed bed = new();
        bed.StoreOnDisk("/a", 700_000);
        bed.Get("/a", "If-None-Match: \"a\"").Status.ShouldBe(304);
        bed.Disk.Statistics.Opened.ShouldBeLessThanOrEqualTo(1);
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void Clients_that_leave_in_the_middle_leave_nothing_held()
    {
        using DiskBed bed = new();
        bed.StoreOnDisk("/a", 3_000_000);
        for (int i = 0; i < 20; i++)
        {
            Peer client = bed.Ask("/a");
            int wanted = i * 50_000;
            bed.WaitFor(() => client.Received.Length >= wanted, "nothing comes");
            client.Reset();
            bed.Proxy.Run();
        }

        bed.Get("/a").Body.ShouldBe(DiskBed.Content(3_000_000));
        bed.WaitFor(() => bed.Proxy.BuffersRented == 0, "buffers are held");
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void What_was_flipped_is_fetched_anew()
    {
        using DiskBed bed = new();
        bed.StoreOnDisk("/a", 1_000);
        string segment = Directory.GetFiles(bed.Folder, "segment-*").Single();
        byte[] octets = File.ReadAllBytes(segment);
        int at = octets.AsSpan().IndexOf("0000000100000002"u8);
        at.ShouldBeGreaterThan(0);
        using (FileStream file = new(segment, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Position = at;
            file.WriteByte((byte)'x');
        }

        Peer client = bed.Ask("/a");
        bed.WaitFor(() => bed.Proxy.Origin.Connections.Any(connection => connection.Received.Length > 0), "the origin is not asked");
        bed.Proxy.Origin.Last.TakeRequest();
        bed.Proxy.Origin.Last.Answer(bed.Proxy, "new", "HTTP/1.1 200 OK", "Cache-Control: no-store");
        client.TakeResponse().Body.ShouldBe("new");
        bed.Disk.Statistics.Corrupt.ShouldBe(1);
        client.End();
        bed.Proxy.AssertClean();
    }

    [Theory]
    [InlineData(3_000_000)]
    [InlineData(5_000_000)]
    public void Who_asks_while_the_disk_takes_an_object_over_gets_all_of_it(int octets)
    {
        // The smaller one is yet in the window that readers follow in; of the larger one the beginning is gone: whoever asks waits for the
        // disk.
        const int MostRounds = 20;
        using DiskBed bed = new(objectSize: "8MiB");
        string content = DiskBed.Content(octets);
        bool isJoined = false;
        for (int round = 0; round < MostRounds && !isJoined; round++)
        {
            Peer first = bed.Ask($"/{round}");
            Peer origin = bed.Proxy.Origin.Last;
            origin.TakeRequest();
            origin.SendHead("HTTP/1.1 200 OK", "Cache-Control: max-age=600", $"Content-Length: {octets}");
            origin.Send(content[..^1]);
            Peer second = bed.Proxy.Connect();
            origin.Connection.PeerSend([(byte)content[^1]]);
            second.SendHead($"GET /{round} HTTP/1.1", "Host: a.test");
            Message answer = bed.Response(second);
            (answer.Body == content).ShouldBeTrue();
            (bed.Response(first).Body == content).ShouldBeTrue();
            bed.Proxy.Origin.Connections.Sum(connection => connection.Received.Length).ShouldBe(0, "the origin was asked twice");
            isJoined = answer["Cache-Status"]!.Contains("collapsed", StringComparison.Ordinal);
            first.End();
            second.End();
        }

        isJoined.ShouldBeTrue();
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void Who_comes_too_late_to_follow_a_slow_origin_asks_by_itself_when_its_time_is_over()
    {
        const int Octets = 6_000_000;
        using DiskBed bed = new("wait: 2s", objectSize: "8MiB");
        string content = DiskBed.Content(Octets);
        Peer first = bed.Ask("/a");
        Peer origin = bed.Proxy.Origin.Last;
        origin.TakeRequest();
        origin.SendHead("HTTP/1.1 200 OK", "Cache-Control: max-age=600", $"Content-Length: {Octets}");
        origin.Send(content[..5_000_000]);
        Peer late = bed.Ask("/a");
        bed.Proxy.Origin.Connections.Count.ShouldBe(1, "the late one waits for what is stored");
        bed.Proxy.Advance(1_900);
        bed.Proxy.Origin.Connections.Count.ShouldBe(1);
        bed.Proxy.Advance(200, 100);
        bed.Proxy.Origin.Connections.Count.ShouldBe(2);
        bed.Proxy.Origin.Last.TakeRequest();
        bed.Proxy.Origin.Last.Answer(bed.Proxy, "of its own", "HTTP/1.1 200 OK", "Cache-Control: max-age=600");
        Message own = bed.Response(late);
        own.Body.ShouldBe("of its own");
        own["Cache-Status"].ShouldBe("weir;fwd=uri-miss");

        // The fill goes on, and what it brings is stored.
        origin.Send(content[5_000_000..]);
        (bed.Response(first).Body == content).ShouldBeTrue();
        bed.WaitFor(() => bed.Disk.Statistics.Objects == 1, "it is not found on the disk");
        (bed.Get("/a").Body == content).ShouldBeTrue();
        first.End();
        late.End();
        bed.Proxy.AssertClean();
    }
}
