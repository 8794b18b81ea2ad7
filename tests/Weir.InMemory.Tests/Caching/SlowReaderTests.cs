using System.Text;
using Weir.Http.Http2;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Caching;

/// <summary>Proves that who stalls keeps a share of the cache at most: who read the longest is cut off, and storing goes on.</summary>
public sealed class SlowReaderTests
{
    private const int Octets = 1_000_000;
    private const int SlowReaders = 6;
    private const string Response = "Cache-Control: max-age=3600";

    private static readonly string _content = string.Concat(Enumerable.Range(0, Octets / 10).Select(number => $"{number:D10}"));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_stalls_on_what_was_evicted_is_cut_off_before_nothing_can_be_stored(bool areFirst)
    {
        using CacheBed bed = new();
        for (int i = 0; i < SlowReaders; i++)
        {
            if (!areFirst)
            {
                bed.Miss(Response, _content, $"GET /slow{i}");
            }

            bed.Client($"slow {i}").Connection.OpenWindow(0);
            bed.Ask($"GET /slow{i}", $"slow {i}");
            if (areFirst)
            {
                bed.Asked();
                bed.Answer(Response, _content);
            }

            bed.AskedCount.ShouldBe(0);
        }

        bed.Advance(2);
        for (int i = 0; i < 40; i++)
        {
            bed.Miss(Response, _content, $"GET /{i}")["Cache-Status"].ShouldBe("weir;fwd=uri-miss;stored");
            bed.Hit($"GET /{i}").Body.Length.ShouldBe(Octets);
            bed.Proxy.Advance(100, 100);
        }

        string[] cut = [.. Enumerable.Range(0, SlowReaders).Select(i => $"slow {i}").Where(name => bed.Client(name).IsClosed)];
        cut.Length.ShouldBeInRange(1, SlowReaders - 1);
        cut[0].ShouldBe("slow 0");
        foreach (string name in cut)
        {
            // The content stops short of its announced length, and the connection says so.
            bed.Client(name).WasReset.ShouldBeTrue(name);
            bed.Client(name).Connection.Sent.Length.ShouldBeLessThan(Octets);
        }

        bed.Proxy.Ended.LastFailure.ShouldBe("cache_crowded");
        bed.Proxy.Ended.LastFailureDetail!.ShouldEndWith("evicted pieces of the cache's memory");
        for (int i = cut.Length; i < SlowReaders; i++)
        {
            // Who was not cut off gets what was evicted, octet by octet.
            bed.Client($"slow {i}").Connection.OpenWindow(int.MaxValue);
            bed.Proxy.Run();
            ReadOnlySpan<byte> sent = bed.Client($"slow {i}").Connection.Sent;
            sent[^Octets..].SequenceEqual(Encoding.Latin1.GetBytes(_content)).ShouldBeTrue();
        }

        bed.Proxy.AssertClean();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_stream_that_stalls_is_reset_and_its_connection_goes_on(bool areFirst)
    {
        using CacheBed bed = new(listen: "{ address: \":8080\", protocols: [h1, h2] }");
        Http2Peer slow = new(bed.Proxy);
        for (int i = 0; i < SlowReaders; i++)
        {
            if (!areFirst)
            {
                bed.Miss(Response, _content, $"GET /slow{i}");
            }

            slow.Request(StreamOf(i), Http2Peer.Fields("GET", $"/slow{i}").Replace("a.example", "a.test", StringComparison.Ordinal));
            if (areFirst)
            {
                bed.Asked();
                bed.Answer(Response, _content);
            }

            bed.AskedCount.ShouldBe(0);
        }

        bed.Advance(2);
        for (int i = 0; i < 40; i++)
        {
            bed.Miss(Response, _content, $"GET /{i}")["Cache-Status"].ShouldBe("weir;fwd=uri-miss;stored");
            bed.Hit($"GET /{i}").Body.Length.ShouldBe(Octets);
            bed.Proxy.Advance(100, 100);
        }

        List<Http2Frame> frames = slow.TakeAll();
        int[] cut = [.. frames.Where(frame => frame.Type == FrameType.RstStream).Select(frame => frame.Stream)];
        cut.Length.ShouldBeInRange(1, SlowReaders - 1);
        cut.ShouldContain(StreamOf(0));
        frames.ShouldNotContain(frame => frame.EndsStream);
        bed.Proxy.Ended.LastFailure.ShouldBe("cache_crowded");

        slow.Send(FrameType.WindowUpdate, 0, 0, Http2Peer.Number(1 << 30));
        for (int i = 0; i < SlowReaders; i++)
        {
            slow.Send(FrameType.WindowUpdate, 0, StreamOf(i), Http2Peer.Number(1 << 30));
        }

        frames.AddRange(slow.TakeAll());
        for (int i = 0; i < SlowReaders; i++)
        {
            bool isCut = cut.Contains(StreamOf(i));
            (Http2Peer.Content(frames, StreamOf(i)) == _content).ShouldBe(!isCut);
            frames.Any(frame => frame.Stream == StreamOf(i) && frame.EndsStream).ShouldBe(!isCut);
        }

        bed.Proxy.AssertClean();
    }

    private static int StreamOf(int number) => (2 * number) + 1;
}
