namespace Weir.InMemory.Tests.Budgets;

/// <summary>Proves that a proxied request allocates nothing in a warm proxy, with 256 of them in flight and a module that waits.</summary>
public sealed class AllocationTests
{
    private const int Clients = 256;

    // Debug builds make classes of state machines, which allocate by design.
    public static bool IsOptimised =>
#if DEBUG
        false;
#else
        true;
#endif

    [Theory(Skip = "Debug builds box every state machine.", SkipUnless = nameof(IsOptimised))]
    [InlineData(
        "a plain request", "GET / HTTP/1.1\r\nHost: a.test\r\nAccept: */*\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData(
        "a chunked response", "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")]
    [InlineData(
        "content with a length", "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData(
        "chunked content", "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData("no content at all", "HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")]
    [InlineData(
        "a request to a limited server", "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        ", limits: { requests: 1000, connections: 1000 }, retry: { per_try_timeout: 10s, hedge: { after: 1s } }")]
    [InlineData(
        "a request of a new client that is to stay", "GET / HTTP/1.1\r\nHost: a.test\r\nCookie: a=b; weir_srv=x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", ", sticky: { ttl: 1h }")]
    [InlineData(
        "a request under limits of what is in flight", "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "", ", { concurrency: { key: client_ip, limit: 1000, total: 5000 } }, { concurrency: { adaptive: { min: 300, start: 300 } } }")]
    [InlineData(
        "content that is paced", "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "", ", { bandwidth: { request: 1GiB/s, response: 1GiB/s } }")]
    public void A_request_allocates_nothing(string what, string request, string response, string options = "", string stack = "")
    {
        using Load load = new(Clients, request, response, options, stack);
        int octets = load.Round();
        octets.ShouldBeGreaterThan(0, what);
        for (int i = 0; i < 100; i++)
        {
            load.Round().ShouldBe(octets);
        }

        // The best of several windows: what the runtime allocates by itself, such as a JIT's tier, is nobody's request.
        long least = long.MaxValue;
        for (int window = 0; window < 5 && least > 0; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            int sum = 0;
            for (int i = 0; i < 10; i++)
            {
                sum += load.Round();
            }

            long after = GC.GetAllocatedBytesForCurrentThread();
            sum.ShouldBe(octets * 10);
            least = Math.Min(least, after - before);
        }

        least.ShouldBe(0, $"{what}: octets allocated by {Clients * 10} requests");
    }
}
