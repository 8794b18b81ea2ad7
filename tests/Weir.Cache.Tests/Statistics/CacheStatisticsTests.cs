using Weir.Cache.Freshness;
using Weir.Cache.Keys;
using Weir.Cache.Statistics;
using Weir.Cache.Tests.Freshness;

namespace Weir.Cache.Tests.Statistics;

public sealed class CacheStatisticsTests
{
    [Fact]
    public void Requests_are_counted_by_route_outcome_and_reason()
    {
        CacheStatistics statistics = new(2);
        LoopTally first = statistics.OfRoute("a.test", "/api/*").OpenTally();
        LoopTally second = statistics.OfRoute("a.test", "/api/*").OpenTally();
        first.Count(new CacheStatus { HasTimeToLive = true, TimeToLiveSeconds = 5 });
        second.Count(new CacheStatus { HasTimeToLive = true, TimeToLiveSeconds = -5 });
        second.Count(new CacheStatus { Forward = CacheForward.Stale, ForwardStatus = 304, HasTimeToLive = true });
        second.Count(new CacheStatus { Forward = CacheForward.Stale, ForwardStatus = 502, IsStandIn = true });
        second.Count(new CacheStatus { Forward = CacheForward.UriMiss, IsCollapsed = true });
        first.Count(new CacheStatus { Forward = CacheForward.UriMiss, NotStored = StoringVerdict.Private });
        first.Count(new CacheStatus { Forward = CacheForward.UriMiss, NotStored = StoringVerdict.Stored });
        RouteStatistics route = statistics.Routes.ShouldHaveSingleItem();
        route.Requests.ShouldBe(7);
        Enum.GetValues<CacheOutcome>()[..(int)CacheOutcome.Count].Select(route.Read).ShouldBe([1L, 1, 1, 1, 1, 2]);
        route.Read(CacheForward.UriMiss).ShouldBe(3);
        route.Read(CacheForward.Stale).ShouldBe(2);
        route.Read(StoringVerdict.Private).ShouldBe(1);
        route.Read(StoringVerdict.Stored).ShouldBe(0);
    }

    [Fact]
    public void Every_reason_has_a_counter_of_its_own()
    {
        LoopTally tally = new();
        foreach (CacheForward forward in Enum.GetValues<CacheForward>().Where(forward => forward != CacheForward.None))
        {
            tally.Count(new CacheStatus { Forward = forward });
            tally.Read(forward).ShouldBe(1);
        }

        foreach (StoringVerdict verdict in Enum.GetValues<StoringVerdict>().Where(verdict => verdict != StoringVerdict.Stored))
        {
            tally.Count(new CacheStatus { Forward = CacheForward.Miss, NotStored = verdict });
            tally.Read(verdict).ShouldBe(1);
        }
    }

    [Fact]
    public void What_is_served_most_is_found_among_much_that_is_not()
    {
        CacheStatistics statistics = new(1);
        HotKeys hot = statistics.HotKeysOf(0);
        Random random = new(20261121);
        for (int i = 0; i < 400_000; i++)
        {
            byte[] key = random.Next(10) == 0 ? Key("/hot") : Key($"/{random.Next(5_000)}");
            hot.Count(KeyHash.Of(key), key);
        }

        HotKey top = statistics.Top(1).ShouldHaveSingleItem();
        top.Url.ShouldBe("https://a.test/hot");
        top.Hits.ShouldBeInRange(38_000, 50_000);
    }

    [Fact]
    public void A_parameter_that_makes_no_difference_is_found()
    {
        QuerySplits splits = new();
        for (int i = 0; i < 8; i++)
        {
            splits.Note(Key($"/x?id=1&utm_source={i}"), 1);
            splits.Note(Key($"/x?id={i + 2}&utm_source=0"), (ulong)i + 2);
        }

        IReadOnlyList<QuerySplit> found = splits.List();
        found.Count.ShouldBe(2);
        found[0].Parameter.ShouldBe("utm_source");
        found[0].Authority.ShouldBe("a.test");
        found[0].Same.ShouldBe(7);
        found[0].Example.ShouldBe("https://a.test/x?id=1&utm_source=1");
        found[0].IsNeedless.ShouldBeTrue();
        found[1].Parameter.ShouldBe("id");
        found[1].IsNeedless.ShouldBeFalse();
    }

    [Theory]
    [InlineData("/x")]
    [InlineData("/x?")]
    [InlineData("/x?&&")]
    [InlineData("/x?a")]
    public void Odd_queries_do_no_harm(string target)
    {
        QuerySplits splits = new();
        splits.Note(Key(target), 1);
        splits.Note(Key(target), 2);
        splits.List().ShouldBeEmpty();
    }

    private static byte[] Key(string target) => Fields.Bytes($"s\nhttps\na.test\n{target}\n\u0001");
}
