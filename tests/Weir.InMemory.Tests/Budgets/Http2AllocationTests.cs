using System.Text;
using Weir.Http.Http2;
using Weir.InMemory.Tests.Harness;
using Weir.Net.Memory;

namespace Weir.InMemory.Tests.Budgets;

/// <summary>
/// Proves that a request over HTTP/2 allocates nothing in a warm proxy, with ten streams on each of 16 connections in flight.
/// </summary>
public sealed class Http2AllocationTests
{
    private const int Clients = 16;
    private const int Streams = 10;

    [Theory(Skip = "Debug builds box every state machine.", SkipUnless = nameof(AllocationTests.IsOptimised), SkipType = typeof(AllocationTests))]
    [InlineData("GET", false)]
    [InlineData("POST", true)]
    public void A_request_allocates_nothing(string method, bool hasContent)
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        MemoryConnection[] clients = [.. Enumerable.Range(0, Clients).Select(_ => new Http2Peer(proxy).Peer.Connection)];
        byte[] requests = [.. Enumerable.Range(0, Streams).SelectMany(_ => RequestOf(method, hasContent))];
        int length = requests.Length / Streams;
        byte[] response = Encoding.Latin1.GetBytes(
            "HTTP/1.1 200 OK\r\nServer: o\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello");
        MemoryConnection[] origins = [];
        int nextStream = 1;
        Clear(clients);
        for (int i = 0; i < 100; i++)
        {
            Round();
        }

        long least = long.MaxValue;
        for (int window = 0; window < 5 && least > 0; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 10; i++)
            {
                Round();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        least.ShouldBe(0, $"octets allocated by {Clients * Streams * 10} requests");

        void Round()
        {
            for (int i = 0; i < Streams; i++, nextStream += 2)
            {
                SetStream(requests.AsSpan(i * length), nextStream, hasContent);
            }

            foreach (MemoryConnection client in clients)
            {
                client.PeerSend(requests);
            }

            proxy.Loop.RunUntilIdle();
            if (origins.Length != proxy.Origin.Connections.Count)
            {
                origins = [.. proxy.Origin.Connections.Select(peer => peer.Connection)];
            }

            foreach (MemoryConnection origin in origins)
            {
                if (origin.Sent.Length > 0)
                {
                    origin.ClearSent();
                    origin.PeerSend(response);
                }
            }

            proxy.Loop.RunUntilIdle();
            if (clients[0].Sent.Length < Streams * 2 * FrameHeader.Octets || clients[0].IsShutDown)
            {
                throw new InvalidOperationException("Not all requests were answered.");
            }

            Clear(clients);
        }
    }

    private static void Clear(MemoryConnection[] clients)
    {
        foreach (MemoryConnection client in clients)
        {
            client.ClearSent();
        }
    }

    private static byte[] RequestOf(string method, bool hasContent)
    {
        byte[] block = Http2Peer.Block(Http2Peer.Fields(method, "/index", "user-agent=x|accept=*/*"));
        byte[] head = Http2Peer.Frame(FrameType.Headers, (byte)(4 | (hasContent ? 0 : 1)), 1, block);
        return hasContent ? [.. head, .. Http2Peer.Frame(FrameType.Data, 1, 1, [.. "content"u8])] : head;
    }

    private static void SetStream(Span<byte> request, int stream, bool hasContent)
    {
        FrameHeader head = FrameHeader.Read(request);
        new FrameHeader(head.Length, head.Type, head.Flags, stream).Write(request);
        if (hasContent)
        {
            Span<byte> data = request[(FrameHeader.Octets + head.Length)..];
            new FrameHeader(7, FrameType.Data, 1, stream).Write(data);
        }
    }
}
