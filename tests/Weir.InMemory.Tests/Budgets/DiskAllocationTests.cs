using System.Text;
using Weir.InMemory.Tests.Caching;
using Weir.Net.Memory;

namespace Weir.InMemory.Tests.Budgets;

/// <summary>
/// Bounds what a hit from the disk allocates on its loop. It is not nothing: a request waits for another thread, with objects of its own
/// (docs/decisions/0020-disk-tier.md has the list). It does not grow with the body, but for a note for each 256 KiB.
/// </summary>
public sealed class DiskAllocationTests
{
    public static bool IsOptimised => AllocationTests.IsOptimised;

    [Theory(Skip = "Debug builds box every state machine.", SkipUnless = nameof(IsOptimised))]
    [InlineData("head in memory, body from the disk", 300_000, false, 4_600)]
    [InlineData("head in memory, ten times the body", 3_000_000, false, 8_000)]
    [InlineData("brought into memory", 10_000, true, 3_000)]
    public void A_hit_from_the_disk_allocates_little(string what, int octets, bool isForgotten, int most)
    {
        using DiskBed bed = new();
        bed.StoreOnDisk("/a", octets);
        MemoryConnection client = bed.Proxy.Connect().Connection;
        byte[] request = Encoding.Latin1.GetBytes("GET /a HTTP/1.1\r\nHost: a.test\r\n\r\n");
        long least = long.MaxValue;
        for (int window = 0; window < 20; window++)
        {
            if (isForgotten)
            {
                bed.Cache.Store.Clear();
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            client.PeerSend(request);
            bed.WaitForOctets(client, octets);
            bed.Proxy.Loop.RunUntilIdle();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            client.Sent.Length.ShouldBeLessThan(octets + 400);
            client.ClearSent();
        }

        least.ShouldBeGreaterThan(0);
        least.ShouldBeLessThan(most, $"{what}: octets allocated by a hit");
    }
}
