using System.Text;
using Weir.InMemory.Tests.Harness;
using Weir.Net.Connections;

namespace Weir.InMemory.Tests.Budgets;

/// <summary>
/// Proves that a proxied request over TLS allocates nothing in a warm proxy: reading, forwarding, writing, records and all.
/// </summary>
public sealed class SecureAllocationTests
{
    private const int Clients = 32;

    public static bool IsOptimised => AllocationTests.IsOptimised;

    [Theory(Skip = "Debug builds box every state machine.", SkipUnless = nameof(IsOptimised))]
    [InlineData(5)]
    [InlineData(12_000)]
    public void A_request_over_tls_allocates_nothing(int octets)
    {
        using Proxy proxy = new();
        using SecureListener listener = new(proxy);
        byte[] request = Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        byte[] response = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {octets}\r\n\r\n{new string('x', octets)}");
        SecureClient[] clients = [.. Enumerable.Range(0, Clients).Select(_ => listener.Connect())];
        foreach (SecureClient client in clients)
        {
            client.Pump();
        }

        foreach (SecureClient client in clients)
        {
            client.Near.Tls!.IsHandshaking.ShouldBeFalse();
            client.Far.ClearSent();
            client.Near.ClearSent();
        }

        int got = Round(proxy, clients, request, response);
        got.ShouldBeGreaterThan(Clients * octets);
        for (int i = 0; i < 100; i++)
        {
            Round(proxy, clients, request, response).ShouldBe(got);
        }

        long least = long.MaxValue;
        for (int window = 0; window < 5 && least > 0; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            int sum = 0;
            for (int i = 0; i < 10; i++)
            {
                sum += Round(proxy, clients, request, response);
            }

            long after = GC.GetAllocatedBytesForCurrentThread();
            sum.ShouldBe(got * 10);
            least = Math.Min(least, after - before);
        }

        least.ShouldBe(0, $"octets allocated by {Clients * 10} requests");
    }

    /// <summary>One request of each client, all in flight at once. The content that all of them got, with heads.</summary>
    private static int Round(Proxy proxy, SecureClient[] clients, byte[] request, byte[] response)
    {
        foreach (SecureClient client in clients)
        {
            request.CopyTo(client.Near.OutputSpace(request.Length));
            client.Near.CommitOutput(request.Length);
            if (!client.Near.FlushAsync(Connection.NoTimeout).IsCompleted)
            {
                return -1;
            }

            client.Far.PeerSend(client.Near.Sent);
            client.Near.ClearSent();
        }

        proxy.Loop.RunUntilIdle();
        for (int i = 0; i < proxy.Origin.Connections.Count; i++)
        {
            Peer origin = proxy.Origin.Connections[i];
            if (origin.Connection.Sent.Length > 0)
            {
                origin.Connection.ClearSent();
                origin.Connection.PeerSend(response);
            }
        }

        proxy.Loop.RunUntilIdle();
        int got = 0;
        foreach (SecureClient client in clients)
        {
            client.Near.PeerSend(client.Far.Sent);
            client.Far.ClearSent();
            proxy.Loop.RunUntilIdle();
            while (client.Near.TryRead() == ReadStatus.Data)
            {
                got += client.Near.ReceivedCount;
                client.Near.Consume(client.Near.ReceivedCount);
            }
        }

        return got;
    }
}
