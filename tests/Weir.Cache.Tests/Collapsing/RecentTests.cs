using Weir.Cache.Collapsing;
using Weir.Cache.Keys;

namespace Weir.Cache.Tests.Collapsing;

/// <summary>Proves what is remembered of keys: uses, and failures of their origins.</summary>
public sealed class RecentTests
{
    private static readonly KeyHash _one = KeyHash.Of("one"u8, 1);
    private static readonly KeyHash _other = KeyHash.Of("other"u8, 1);

    [Fact]
    public void The_second_use_is_known_as_one()
    {
        RecentUses uses = new();
        uses.IsSecond(_one).ShouldBeFalse();
        uses.IsSecond(_other).ShouldBeFalse();
        uses.IsSecond(_one).ShouldBeTrue();
    }

    [Fact]
    public void A_failure_is_remembered_for_a_while_and_asked_about_each_second()
    {
        RecentFailures failures = new();
        failures.IsRecent(_one, 1000, out _).ShouldBeFalse();
        failures.Note(_one, 1000);
        failures.IsRecent(_one, 1000, out bool mayAsk).ShouldBeTrue();
        mayAsk.ShouldBeFalse();
        failures.IsRecent(_one, 1001, out mayAsk).ShouldBeTrue();
        mayAsk.ShouldBeTrue();
        failures.IsRecent(_other, 1001, out _).ShouldBeFalse();
        failures.IsRecent(_one, 1000 + RecentFailures.RecentSeconds + 1, out _).ShouldBeFalse();
    }
}
