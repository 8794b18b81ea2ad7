using Weir.Abstractions.Heads;
using Weir.Cache.Freshness;

namespace Weir.Cache.Tests.Freshness;

/// <summary>RFC 9211: what a response says about the cache it passed.</summary>
public sealed class CacheStatusTests
{
    [Fact]
    public void A_hit_says_how_long_it_is_fresh() =>
        Written(new CacheStatus { HasTimeToLive = true, TimeToLiveSeconds = 30 }).ShouldBe("weir;hit;ttl=30");

    [Fact]
    public void A_stale_hit_says_for_how_long_already() =>
        Written(new CacheStatus { HasTimeToLive = true, TimeToLiveSeconds = -412, IsStandIn = true }).ShouldBe(
            "weir;hit;ttl=-412;detail=stale-if-error");

    [Fact]
    public void A_miss_says_why_and_whether_it_is_stored() =>
        Written(new CacheStatus { Forward = CacheForward.UriMiss, IsStored = true, IsCollapsed = true }).ShouldBe(
            "weir;fwd=uri-miss;stored;collapsed");

    [Fact]
    public void A_validation_says_what_the_origin_answered() =>
        Written(new CacheStatus { Forward = CacheForward.Stale, ForwardStatus = 304 }).ShouldBe("weir;fwd=stale;fwd-status=304");

    [Fact]
    public void What_is_not_stored_says_why() =>
        Written(new CacheStatus { Forward = CacheForward.UriMiss, NotStored = StoringVerdict.NoStore }).ShouldBe(
            "weir;fwd=uri-miss;detail=no-store");

    [Fact]
    public void Members_of_other_caches_stay_in_front()
    {
        HeaderFields fields = Fields.Of("Cache-Status: other;hit");
        default(CacheStatus).AppendTo(fields);
        fields.ToString().ShouldBe("Cache-Status: other;hit\r\nCache-Status: weir;hit\r\n");
    }

    [Fact]
    public void Every_verdict_has_a_word()
    {
        foreach (StoringVerdict verdict in Enum.GetValues<StoringVerdict>().Where(verdict => verdict != StoringVerdict.Stored))
        {
            FieldSyntax.IsToken(StoringVerdicts.Word(verdict)).ShouldBeTrue(verdict.ToString());
        }
    }

    private static string Written(CacheStatus status)
    {
        HeaderFields fields = new();
        status.AppendTo(fields);
        return fields.ToString().Replace("Cache-Status: ", "", StringComparison.Ordinal).TrimEnd();
    }
}
