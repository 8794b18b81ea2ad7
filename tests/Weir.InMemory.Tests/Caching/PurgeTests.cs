using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Caching;

/// <summary>Proves what PURGE does, for whom, and what a purge means for requests in flight.</summary>
public sealed class PurgeTests
{
    private const string Fresh = "Cache-Control: max-age=60";
    private const string Allowed = "purge_from: [0.0.0.0/0, \"::/0\"]";

    [Fact]
    public void An_allowed_client_purges_a_url_with_its_variants()
    {
        using CacheBed bed = new(Allowed);
        bed.Miss(Fresh + "|Vary: Accept-Language", "one", "GET /x|Accept-Language: de");
        bed.Miss(Fresh + "|Vary: Accept-Language", "two", "GET /x|Accept-Language: fr");
        bed.Miss(Fresh, "other", "GET /y");
        Message answer = bed.Hit("PURGE /x");
        answer.Status.ShouldBe(200);
        answer.Body.ShouldBe("Purged 2.\n");
        bed.IsHit("GET /x|Accept-Language: de").ShouldBeFalse();
        bed.IsHit("GET /x|Accept-Language: fr").ShouldBeFalse();
        bed.IsHit("GET /y").ShouldBeTrue();
        bed.Hit("PURGE /nothing").Body.ShouldBe("Purged 0.\n");
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void A_star_purges_all_that_begins_so()
    {
        using CacheBed bed = new(Allowed);
        bed.Miss(Fresh, "one", "GET /blog/1?a");
        bed.Miss(Fresh, "two", "GET /blog/2");
        bed.Miss(Fresh, "other", "GET /shop");
        bed.Hit("PURGE /blog/*").Status.ShouldBe(200);
        bed.IsHit("GET /blog/1?a").ShouldBeFalse();
        bed.IsHit("GET /blog/2").ShouldBeFalse();
        bed.IsHit("GET /shop").ShouldBeTrue();
    }

    [Fact]
    public void Another_client_gets_403_and_purges_nothing()
    {
        using CacheBed bed = new("purge_from: [203.0.113.7/32]");
        bed.Miss(Fresh);
        bed.Hit("PURGE /").Status.ShouldBe(403);
        bed.IsHit().ShouldBeTrue();
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void Where_nobody_may_the_method_goes_on_to_the_origin()
    {
        using CacheBed bed = new();
        bed.Ask("PURGE /");
        bed.Asked().StartLine.ShouldStartWith("PURGE / ");
    }

    [Fact]
    public void Who_asks_after_a_purge_does_not_follow_a_fetch_from_before_it()
    {
        using CacheBed bed = new(Allowed);
        bed.Ask();
        bed.Asked();
        bed.Hit("PURGE /", "purger").Status.ShouldBe(200);
        bed.Ask(client: "b");
        bed.AskedCount.ShouldBe(1, "it asks for itself");
    }

    [Fact]
    public void What_a_fetch_from_before_a_purge_brings_is_not_stored()
    {
        using CacheBed bed = new(Allowed);
        bed.Ask();
        bed.Asked();
        bed.Hit("PURGE /", "purger").Status.ShouldBe(200);
        bed.Answer(Fresh, "from before");
        bed.Client().TakeResponse().Body.ShouldBe("from before");
        bed.IsHit().ShouldBeFalse();
    }

    [Fact]
    public void A_key_that_leaves_parameters_out_is_purged_by_a_url_with_them()
    {
        using CacheBed bed = new(Allowed + ", ignore_query: [utm_*]");
        bed.Miss(Fresh, "one", "GET /x?a=1&utm_source=mail");
        bed.Hit("PURGE /x?utm_source=web&a=1").Body.ShouldBe("Purged 1.\n");
        bed.IsHit("GET /x?a=1").ShouldBeFalse();
    }
}
