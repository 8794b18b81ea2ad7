using System.Text;
using Weir.Http.Http2;
using Weir.InMemory.Tests.Harness;
using Weir.Net.Memory;

namespace Weir.InMemory.Tests.Budgets;

/// <summary>
/// Proves that a request to an HTTP/2 origin allocates nothing in a warm proxy, with 160 of them in flight on few connections.
/// </summary>
public sealed class Http2OriginAllocationTests
{
    private const int Requests = 160;
    private const int Streams = 10;

    private const string Yaml = """
        listen: [{ address: ":8080", protocols: [h1, h2] }]
        upstreams:
          app: { servers: [{ url: "http://10.0.0.1:80", protocol: h2 }] }
        sites:
          "*": app
        """;

    private readonly byte[] _answer =
    [
        .. Http2Peer.Frame(
            FrameType.Headers, FrameFlags.EndHeaders, 1, Http2Peer.Block(":status=200|server=o|content-type=text/plain|content-length=5")),
        .. Http2Peer.Frame(FrameType.Data, FrameFlags.EndStream, 1, [.. "hello"u8]),
    ];

    private readonly byte[] _window = Http2Peer.Frame(FrameType.WindowUpdate, 0, 0, Http2Peer.Number(7 * Requests));

    [Theory(Skip = "Debug builds box every state machine.", SkipUnless = nameof(AllocationTests.IsOptimised), SkipType = typeof(AllocationTests))]
    [InlineData(1, "GET")]
    [InlineData(1, "PUT")]
    [InlineData(1, "POST")]
    [InlineData(2, "GET")]
    [InlineData(2, "POST")]
    public void A_request_allocates_nothing(int clientVersion, string method)
    {
        using Proxy proxy = new(Yaml);
        bool hasContent = method != "GET";
        byte[] request = clientVersion == 1
            ? Encoding.Latin1.GetBytes(hasContent
                ? $"{method} /index HTTP/1.1\r\nHost: a.example\r\nContent-Length: 7\r\n\r\ncontent" : "GET /index HTTP/1.1\r\nHost: a.example\r\nAccept: */*\r\n\r\n")
            : RequestOf(method, hasContent);
        MemoryConnection[] clients = clientVersion == 1
            ? [.. Enumerable.Range(0, Requests).Select(_ => proxy.Connect().Connection)]
            : [.. Enumerable.Range(0, Requests / Streams).Select(_ => new Http2Peer(proxy).Peer.Connection)];
        MemoryConnection[] origins = [];
        int[] read = [];
        int nextStream = 1;
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

        least.ShouldBe(0, $"octets allocated by {Requests * 10} requests");
        proxy.Origin.Connections.Count.ShouldBeLessThanOrEqualTo(2);

        void Round()
        {
            int each = clientVersion == 1 ? 1 : Streams;
            foreach (MemoryConnection client in clients)
            {
                client.ClearSent();
            }

            for (int i = 0; i < each; i++, nextStream += 2)
            {
                if (clientVersion == 2)
                {
                    SetStream(request, nextStream);
                }

                foreach (MemoryConnection client in clients)
                {
                    client.PeerSend(request);
                }
            }

            proxy.Loop.RunUntilIdle();
            if (origins.Length != proxy.Origin.Connections.Count)
            {
                int known = origins.Length;
                origins = [.. proxy.Origin.Connections.Select(peer => peer.Connection)];
                Array.Resize(ref read, origins.Length);
                for (int i = known; i < origins.Length; i++)
                {
                    read[i] = Preface.Octets.Length;
                }
            }

            int answered = 0;
            for (int i = 0; i < origins.Length; i++)
            {
                answered += AnswerAll(origins[i], read[i]);
                read[i] = 0;
            }

            proxy.Loop.RunUntilIdle();
            if (answered != Requests || clients[0].Sent.Length < each * 9)
            {
                throw new InvalidOperationException($"{answered} requests came, {clients[0].Sent.Length} octets were answered.");
            }
        }
    }

    private int AnswerAll(MemoryConnection origin, int at)
    {
        int count = 0;
        ReadOnlySpan<byte> sent = origin.Sent;
        while (at < sent.Length)
        {
            FrameHeader frame = FrameHeader.Read(sent[at..]);
            at += FrameHeader.Octets + frame.Length;
            if (frame.Type is FrameType.Headers or FrameType.Data && frame.Has(FrameFlags.EndStream))
            {
                SetStream(_answer, frame.StreamId);
                origin.PeerSend(_answer);
                count++;
            }
        }

        origin.ClearSent();
        origin.PeerSend(_window);
        return count;
    }

    private static byte[] RequestOf(string method, bool hasContent)
    {
        byte[] block = Http2Peer.Block(Http2Peer.Fields(method, "/index", "user-agent=x|accept=*/*"));
        byte[] head = Http2Peer.Frame(FrameType.Headers, (byte)(4 | (hasContent ? 0 : 1)), 1, block);
        return hasContent ? [.. head, .. Http2Peer.Frame(FrameType.Data, 1, 1, [.. "content"u8])] : head;
    }

    private static void SetStream(Span<byte> frames, int stream)
    {
        for (int at = 0; at < frames.Length;)
        {
            FrameHeader frame = FrameHeader.Read(frames[at..]);
            new FrameHeader(frame.Length, frame.Type, frame.Flags, stream).Write(frames[at..]);
            at += FrameHeader.Octets + frame.Length;
        }
    }
}
