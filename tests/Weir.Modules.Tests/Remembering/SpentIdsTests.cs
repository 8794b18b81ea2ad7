using Weir.Modules.Remembering;

namespace Weir.Modules.Tests.Remembering;

public sealed class SpentIdsTests
{
    [Fact]
    public void What_was_spent_is_spent_until_its_end()
    {
        SpentIds spent = new();
        spent.IsFresh.ShouldBeTrue();
        spent.Has(1, 100).ShouldBeFalse();
        spent.TrySpend(1, now: 0, end: 100).ShouldBeTrue();
        spent.IsFresh.ShouldBeFalse();
        spent.TrySpend(1, now: 99, end: 100).ShouldBeFalse();
        spent.Has(1, 100).ShouldBeTrue();
        spent.TrySpend(2, now: 100, end: 200).ShouldBeTrue();
        spent.Count.ShouldBe(1, "What has ended is not kept.");
    }

    [Fact]
    public void However_many_are_spent_none_is_taken_twice_and_those_that_are_issued_later_are_taken()
    {
        SpentIds spent = new(most: 1000);
        for (ulong id = 0; id < 5000; id++)
        {
            spent.TrySpend(id, now: 0, end: 1000 + (long)id).ShouldBeTrue();
        }

        spent.Count.ShouldBe(1000);
        for (ulong id = 0; id < 5000; id++)
        {
            spent.Has(id, 1000 + (long)id).ShouldBeTrue();
            spent.TrySpend(id, now: 0, end: 1000 + (long)id).ShouldBeFalse();
        }

        spent.Has(9999, 4000).ShouldBeTrue("Nobody knows any more.");
        spent.Has(9999, 5999).ShouldBeFalse();
        spent.TrySpend(9999, now: 0, end: 6001).ShouldBeTrue();
    }

    [Fact]
    public void What_would_be_forgotten_at_once_is_spent_all_the_same()
    {
        SpentIds spent = new(most: 2);
        spent.TrySpend(1, now: 0, end: 50).ShouldBeTrue();
        spent.TrySpend(2, now: 0, end: 60).ShouldBeTrue();
        spent.TrySpend(3, now: 0, end: 10).ShouldBeTrue();
        spent.TrySpend(3, now: 0, end: 10).ShouldBeFalse();
        spent.Has(1, 50).ShouldBeTrue();
    }
}
