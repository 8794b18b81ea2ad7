using System.Security.Cryptography;
using System.Text;
using Weir.InMemory.Tests.Harness;
using Weir.Net.Memory;

namespace Weir.InMemory.Tests.Budgets;

/// <summary>Proves that who passes `challenge` costs no allocation: who is not suspicious, and who has a pass.</summary>
public sealed class ChallengeAllocationTests
{
    // Debug builds make classes of state machines, which allocate by design.
    public static bool IsOptimised => AllocationTests.IsOptimised;

    [Theory(Skip = "Debug builds box every state machine.", SkipUnless = nameof(IsOptimised))]
    [InlineData("a client that is not suspicious", "when: request.path == \"/x\", rate: 1000000/s, burst: 1000000", false)]
    [InlineData("a client with a pass", "always: true, bind_user_agent: true", true)]
    public void A_request_that_passes_allocates_nothing(string what, string options, bool hasPass)
    {
        using Proxy proxy = new($$"""
            listen: [":8080"]
            sites:
              "*": { stack: [{ challenge: { {{options}}, difficulty: 1 } }], routes: [{ to: "http://10.0.0.1:80" }] }
            """);
        byte[] response = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"u8.ToArray();
        string cookie = hasPass ? "a=b; " + Pass(proxy) : "a=b";
        byte[] request = Encoding.Latin1.GetBytes($"GET / HTTP/1.1\r\nHost: a.test\r\nUser-Agent: curl\r\nCookie: {cookie}\r\n\r\n");
        MemoryConnection client = proxy.Connect().Connection;
        client.PeerSend(request);
        proxy.Run();
        MemoryConnection origin = proxy.Origin.Connections[0].Connection;
        origin.ClearSent();
        origin.PeerSend(response);
        proxy.Run();
        client.ClearSent();
        int octets = Round(proxy, client, origin, request, response);
        long least = long.MaxValue;
        for (int window = 0; window < 100 && least > 0; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 20; i++)
            {
                octets = Round(proxy, client, origin, request, response);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        octets.ShouldBeGreaterThan(0, what);
        least.ShouldBe(0, $"{what}: octets allocated by 20 requests");
    }

    private static string Pass(Proxy proxy)
    {
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test", "User-Agent: curl", "Weir-Challenge: 1");
        string stamp = client.TakeResponse()["Weir-Challenge"]![..40];
        int number = Enumerable.Range(0, 1000).First(each => SHA256.HashData(Encoding.ASCII.GetBytes($"{stamp}:{each}"))[0] < 128);
        client.SendHead("GET / HTTP/1.1", "Host: a.test", "User-Agent: curl", $"Weir-Challenge: {stamp}:{number}");
        return client.TakeResponse()["Set-Cookie"]!.Split(';')[0];
    }

    private static int Round(Proxy proxy, MemoryConnection client, MemoryConnection origin, byte[] request, byte[] response)
    {
        client.PeerSend(request);
        proxy.Loop.RunUntilIdle();
        if (origin.Sent.Length > 0)
        {
            origin.ClearSent();
            origin.PeerSend(response);
        }

        proxy.Loop.RunUntilIdle();
        int octets = client.Sent.StartsWith("HTTP/1.1 200"u8) ? client.Sent.Length : -1;
        client.ClearSent();
        return octets;
    }
}
