using Weir.Abstractions.Heads;
using Weir.Cache.Freshness;

namespace Weir.Cache.Tests.Freshness;

/// <summary>Proves that what a hit asks of these rules allocates nothing.</summary>
public sealed class AllocationTests
{
    [Fact]
    public void A_decision_about_a_hit_allocates_nothing()
    {
        HeaderFields request = Fields.OfText(
            "Cache-Control: max-age=100|Accept-Encoding: gzip, br|If-None-Match: \"b\", \"a\"|Range: bytes=0-1");
        ResponseHead response = Fields.Response("Cache-Control: max-age=60");
        ResponseCacheControl control = ResponseCacheControl.Read(response.Fields, TargetedFields.Standard);
        CachePolicy policy = new();
        StoredFreshness stored = StoredFreshness.Of(response, control, Fields.Now, Fields.Now, policy);
        HeaderFields answer = new();
        Reuse reuse = Reuse.Validate;

        // The best of several windows: what the runtime allocates by itself, such as a JIT's tier, is no hit's.
        long least = long.MaxValue;
        for (int window = 0; window < 20 && least > 0; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++)
            {
                reuse = Decide(request, stored, policy, answer);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        reuse.ShouldBe(Reuse.Fresh);
        least.ShouldBe(0);
    }

    private static Reuse Decide(HeaderFields request, in StoredFreshness stored, CachePolicy policy, HeaderFields answer)
    {
        Span<byte> room = stackalloc byte[VariantText.MostOctets];
        Span<ByteRange> parts = stackalloc ByteRange[RangeSet.MostParts];
        VariantText.Write("accept-encoding\n"u8, request, room);
        Preconditions.IsNotModified(request, "\"a\""u8, Fields.Now, Fields.Now);
        RangeSet.Read(request, 1000, parts, out _);
        answer.Clear();
        new CacheStatus { HasTimeToLive = true, TimeToLiveSeconds = 55 }.AppendTo(answer);
        return ReuseRules.Judge(stored, RequestCacheControl.Read(request), Fields.Now + 5, policy);
    }
}
