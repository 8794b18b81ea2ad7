using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Weir.InMemory.Tests.Harness;
using Weir.Net.Memory;

namespace Weir.InMemory.Tests.Budgets;

/// <summary>Proves that a request which is answered from the cache allocates nothing in a warm proxy.</summary>
public sealed class CacheAllocationTests
{
    private const int Clients = 64;

    // Debug builds make classes of state machines, which allocate by design.
    public static bool IsOptimised => AllocationTests.IsOptimised;

    [Theory(Skip = "Debug builds box every state machine.", SkipUnless = nameof(IsOptimised))]
    [InlineData("a hit", "")]
    [InlineData("a hit of a variant", "Accept-Encoding: gzip, br\r\n")]
    [InlineData("a part", "Range: bytes=10-99\r\n")]
    [InlineData("a condition", "If-None-Match: \"a\"\r\n")]
    [InlineData("a hit for a client that asks something of caches", "Cache-Control: max-age=100\r\n")]
    public void A_hit_allocates_nothing(string what, string fields)
    {
        string response = "HTTP/1.1 200 OK\r\nCache-Control: max-age=1000\r\nETag: \"a\"\r\nVary: Accept-Encoding\r\nContent-Length: 10240\r\n\r\n";
        using Proxy proxy = new("""
            listen: [":8080"]
            sites:
              "*": { stack: [cache], routes: [{ to: "http://10.0.0.1:80" }] }
            """);
        byte[] request = Encoding.Latin1.GetBytes($"GET /a HTTP/1.1\r\nHost: a.test\r\n{fields}\r\n");
        MemoryConnection[] clients = [.. Enumerable.Range(0, Clients).Select(_ => proxy.Connect().Connection)];
        clients[0].PeerSend(Encoding.Latin1.GetBytes("GET /a HTTP/1.1\r\nHost: a.test\r\nAccept-Encoding: gzip, br\r\n\r\n"));
        proxy.Run();
        proxy.Origin.Last.Send(response + new string('x', 10240));
        proxy.Run();
        if (fields.Length == 0 || !fields.StartsWith("Accept-Encoding", StringComparison.Ordinal))
        {
            clients[0].PeerSend(Encoding.Latin1.GetBytes("GET /a HTTP/1.1\r\nHost: a.test\r\n\r\n"));
            proxy.Run();
            proxy.Origin.Last.Send(response + new string('x', 10240));
            proxy.Run();
        }

        clients[0].ClearSent();
        int asked = proxy.Origin.Last.Connection.Sent.Length;
        long least = long.MaxValue;
        int octets = 0;
        for (int window = 0; window < 30 && least > 0; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 20; i++)
            {
                octets = Round(proxy, clients, request);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        octets.ShouldBeGreaterThan(100, what);
        proxy.Origin.Last.Connection.Sent.Length.ShouldBe(asked, "The origin was asked.");
        least.ShouldBe(0, $"{what}: octets allocated by {Clients * 20} requests");
    }

    [Theory(Skip = "Debug builds box every state machine.", SkipUnless = nameof(IsOptimised))]
    [InlineData("a miss that is stored", "Cache-Control: max-age=1000", 4_900)]
    [InlineData("a miss that is not stored", "Cache-Control: no-store", 3_550)]
    public void A_miss_allocates_no_more_than_it_did(string what, string fields, int most)
    {
        using Proxy proxy = new("""
            listen: [":8080"]
            caches: { default: { memory: 4MiB } }
            sites:
              "*": { stack: [cache], routes: [{ to: "http://10.0.0.1:80" }] }
            """);
        byte[] request = Encoding.Latin1.GetBytes("GET /00000000 HTTP/1.1\r\nHost: a.test\r\nAccept: */*\r\n\r\n");
        byte[] response = Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\n{fields}\r\nContent-Length: 10240\r\n\r\n{new string('x', 10240)}");
        MemoryConnection client = proxy.Connect().Connection;
        client.PeerSend(request);
        proxy.Run();
        MemoryConnection origin = proxy.Origin.Last.Connection;
        long least = long.MaxValue;
        const int Misses = 500;
        for (int window = 0, number = 0; window < 12; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Misses; i++)
            {
                origin.ClearSent();
                origin.PeerSend(response);
                proxy.Loop.RunUntilIdle();
                Assert.True(client.Sent.Length > 10240);
                client.ClearSent();
                Utf8Formatter.TryFormat(++number, request.AsSpan(5, 8), out _, new StandardFormat('D', 8));
                client.PeerSend(request);
                proxy.Loop.RunUntilIdle();
                Assert.True(origin.Sent.Length > 0);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        (least / Misses).ShouldBeLessThanOrEqualTo(most, what);
    }

    private static int Round(Proxy proxy, MemoryConnection[] clients, byte[] request)
    {
        foreach (MemoryConnection client in clients)
        {
            client.PeerSend(request);
        }

        proxy.Loop.RunUntilIdle();
        int octets = clients[0].Sent.Length;
        foreach (MemoryConnection client in clients)
        {
            client.ClearSent();
        }

        return octets;
    }
}
