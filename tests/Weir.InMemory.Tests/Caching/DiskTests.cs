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
}
