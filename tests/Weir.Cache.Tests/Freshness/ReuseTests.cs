using Weir.Abstractions.Heads;
using Weir.Cache.Freshness;

namespace Weir.Cache.Tests.Freshness;

/// <summary>RFC 9111 sections 4.2 and 5.2.1, RFC 5861: when a stored response is served without asking.</summary>
public sealed class ReuseTests
{
    [Theory]
    [InlineData("max-age=60", "", 59, Reuse.Fresh)]
    [InlineData("max-age=60", "", 60, Reuse.Validate)]
    [InlineData("no-cache, max-age=60", "", 0, Reuse.Validate)]
    [InlineData("no-cache=\"a\", max-age=60", "", 0, Reuse.Fresh)]
    // What clients ask.
    [InlineData("max-age=60", "Cache-Control: no-cache", 1, Reuse.ValidateForClient)]
    [InlineData("max-age=60", "Pragma: no-cache", 1, Reuse.ValidateForClient)]
    [InlineData("max-age=60", "Pragma: no-cache|Cache-Control: x", 1, Reuse.Fresh)]
    [InlineData("max-age=60", "Cache-Control: max-age=10", 10, Reuse.Fresh)]
    [InlineData("max-age=60", "Cache-Control: max-age=10", 11, Reuse.ValidateForClient)]
    [InlineData("max-age=60", "Cache-Control: max-age=10, max-stale=5", 15, Reuse.Fresh)]
    [InlineData("max-age=60", "Cache-Control: max-age=x", 1, Reuse.ValidateForClient)]
    [InlineData("max-age=60", "Cache-Control: min-fresh=20", 40, Reuse.Fresh)]
    [InlineData("max-age=60", "Cache-Control: min-fresh=20", 41, Reuse.ValidateForClient)]
    [InlineData("max-age=60", "Cache-Control: max-stale", 600, Reuse.StaleForClient)]
    [InlineData("max-age=60", "Cache-Control: max-stale=10", 70, Reuse.StaleForClient)]
    [InlineData("max-age=60", "Cache-Control: max-stale=10", 71, Reuse.Validate)]
    [InlineData("max-age=60", "Cache-Control: max-stale=x", 61, Reuse.Validate)]
    // Section 4.2.4: what forbids staleness.
    [InlineData("max-age=60, must-revalidate", "Cache-Control: max-stale", 61, Reuse.Validate)]
    [InlineData("max-age=60, proxy-revalidate", "Cache-Control: max-stale", 61, Reuse.Validate)]
    [InlineData("s-maxage=60", "Cache-Control: max-stale", 61, Reuse.Validate)]
    // RFC 5861 section 3.
    [InlineData("max-age=60, stale-while-revalidate=30", "", 60, Reuse.StaleWhileRevalidate)]
    [InlineData("max-age=60, stale-while-revalidate=30", "", 89, Reuse.StaleWhileRevalidate)]
    [InlineData("max-age=60, stale-while-revalidate=30", "", 90, Reuse.Validate)]
    [InlineData("max-age=60, stale-while-revalidate=30, must-revalidate", "", 60, Reuse.Validate)]
    [InlineData("max-age=60, stale-while-revalidate=30", "Cache-Control: no-cache", 60, Reuse.Validate)]
    [InlineData("max-age=60, stale-while-revalidate=x", "", 60, Reuse.Validate)]
    public void A_stored_response_after_so_many_seconds(string control, string request, int seconds, Reuse reuse) =>
        ReuseRules.Judge(Stored(control), RequestCacheControl.Read(Fields.OfText(request)), Fields.Now + seconds, new CachePolicy())
            .ShouldBe(reuse);

    [Theory]
    [InlineData("max-age=60", "", 0, 61, false)]
    [InlineData("max-age=60, stale-if-error=30", "", 0, 89, true)]
    [InlineData("max-age=60, stale-if-error=30", "", 0, 90, false)]
    [InlineData("max-age=60", "Cache-Control: stale-if-error=30", 0, 89, true)]
    [InlineData("max-age=60", "", 3600, 3659, true)]
    [InlineData("max-age=60", "", 3600, 3660, false)]
    [InlineData("max-age=60, must-revalidate, stale-if-error=30", "", 3600, 61, false)]
    [InlineData("max-age=60, proxy-revalidate", "", 3600, 61, false)]
    [InlineData("s-maxage=60", "", 3600, 61, false)]
    [InlineData("no-cache", "", 3600, 1, false)]
    [InlineData("max-age=60", "Cache-Control: no-cache", 0, 30, true)]
    public void A_stored_response_in_the_place_of_an_error(string control, string request, int grace, int seconds, bool mayStandIn) =>
        ReuseRules.MayStandIn(
            Stored(control), RequestCacheControl.Read(Fields.OfText(request)), Fields.Now + seconds, new CachePolicy { GraceSeconds = grace })
            .ShouldBe(mayStandIn);

    [Fact]
    public void What_clients_ask_can_be_ignored() =>
        ReuseRules.Judge(
            Stored("max-age=60"), RequestCacheControl.Read(Fields.OfText("Cache-Control: no-cache")), Fields.Now, new CachePolicy { ObeysRequests = false })
            .ShouldBe(Reuse.Fresh);

    [Fact]
    public void A_soft_purge_makes_it_stale_and_leaves_its_windows()
    {
        StoredFreshness purged = Stored("max-age=60, stale-while-revalidate=30").Expired(Fields.Now + 10);
        purged.TimeToLiveAt(Fields.Now + 10).ShouldBe(0);
        ReuseRules.Judge(purged, RequestCacheControl.None, Fields.Now + 20, new CachePolicy()).ShouldBe(Reuse.StaleWhileRevalidate);
        ReuseRules.Judge(purged, RequestCacheControl.None, Fields.Now + 40, new CachePolicy()).ShouldBe(Reuse.Validate);
    }

    [Fact]
    public void An_age_from_outside_counts()
    {
        ResponseHead head = Fields.Response("Cache-Control: max-age=60|Age: 50");
        StoredFreshness stored = StoredFreshness.Of(
            head, ResponseCacheControl.Read(head.Fields, TargetedFields.Standard), Fields.Now - 2, Fields.Now, new CachePolicy());
        stored.AgeAt(Fields.Now + 3).ShouldBe(55);
        stored.TimeToLiveAt(Fields.Now + 3).ShouldBe(5);
    }

    private static StoredFreshness Stored(string control)
    {
        ResponseHead head = Fields.Response("Cache-Control: " + control);
        return StoredFreshness.Of(
            head, ResponseCacheControl.Read(head.Fields, TargetedFields.Standard), Fields.Now, Fields.Now, new CachePolicy());
    }
}
