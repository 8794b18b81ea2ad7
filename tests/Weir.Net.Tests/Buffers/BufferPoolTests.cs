using Weir.Net.Buffers;
using Weir.Net.Tests.Testing;

namespace Weir.Net.Tests.Buffers;

public sealed class BufferPoolTests
{
    private const int SlabOctets = 1 << 20;
    private const int BufferOctets = 64 * 1024;
    private const int BuffersOfASlab = SlabOctets / BufferOctets;

    [Fact]
    public void Rented_buffers_do_not_overlap()
    {
        BufferPool pool = new(new BufferBudget(4 * SlabOctets), BufferOctets);
        List<NativeBuffer> rented = [];
        for (int i = 0; i < 2 * BuffersOfASlab; i++)
        {
            NativeBuffer buffer = pool.TryRent().ShouldNotBeNull();
            buffer.Capacity.ShouldBe(BufferOctets);
            buffer.Span(0, BufferOctets).Fill((byte)i);
            rented.Add(buffer);
        }

        for (int i = 0; i < rented.Count; i++)
        {
            rented[i].Span(0, BufferOctets).IndexOfAnyExcept((byte)i).ShouldBe(-1);
            pool.Return(rented[i], 0);
        }

        pool.RentedCount.ShouldBe(0);
        pool.SlabCount.ShouldBe(2);
        pool.Clear();
    }

    [Fact]
    public void Slabs_are_counted_against_the_budget_and_given_back()
    {
        BufferBudget budget = new(2 * SlabOctets);
        BufferPool pool = new(budget, BufferOctets);
        budget.UsedOctets.ShouldBe(0);
        NativeBuffer buffer = pool.TryRent().ShouldNotBeNull();
        budget.UsedOctets.ShouldBe(SlabOctets);
        pool.RentedCount.ShouldBe(1);
        pool.Return(buffer, 0);
        pool.RentedCount.ShouldBe(0);
        budget.UsedOctets.ShouldBe(SlabOctets);
        pool.Clear();
        budget.UsedOctets.ShouldBe(0);
    }

    [Fact]
    public void A_spent_budget_refuses_until_something_comes_back()
    {
        BufferBudget budget = new(SlabOctets);
        BufferPool pool = new(budget, BufferOctets);
        BufferPool other = new(budget, BufferOctets);
        List<NativeBuffer> rented = [];
        for (int i = 0; i < BuffersOfASlab; i++)
        {
            rented.Add(pool.TryRent().ShouldNotBeNull());
        }

        pool.TryRent().ShouldBeNull();
        other.TryRent().ShouldBeNull();
        budget.UsedOctets.ShouldBe(SlabOctets);
        pool.Return(rented[^1], 0);
        NativeBuffer again = pool.TryRent().ShouldNotBeNull();
        pool.Return(again, 0);
        rented.Take(rented.Count - 1).ToList().ForEach(buffer => pool.Return(buffer, 0));
        pool.Clear();
        NativeBuffer elsewhere = other.TryRent().ShouldNotBeNull();
        other.Return(elsewhere, 0);
        other.Clear();
        budget.UsedOctets.ShouldBe(0);
    }

    [Fact]
    public void Slabs_that_were_idle_for_a_minute_are_given_back_all_but_one()
    {
        BufferBudget budget = new(8 * SlabOctets);
        BufferPool pool = new(budget, BufferOctets);
        List<NativeBuffer> rented = [];
        for (int i = 0; i < 4 * BuffersOfASlab; i++)
        {
            rented.Add(pool.TryRent().ShouldNotBeNull());
        }

        NativeBuffer kept = rented[^1];
        rented.Take(rented.Count - 1).ToList().ForEach(buffer => pool.Return(buffer, 1000));
        pool.Trim(60_999);
        pool.SlabCount.ShouldBe(4);
        pool.Trim(61_000);
        pool.SlabCount.ShouldBe(1);
        budget.UsedOctets.ShouldBe(SlabOctets);

        // What is left is whole: the rented buffer's slab has one fewer than a slab to give.
        kept.Span(0, 4).Fill(9);
        List<NativeBuffer> again = [];
        for (int i = 0; i < BuffersOfASlab - 1; i++)
        {
            NativeBuffer buffer = pool.TryRent().ShouldNotBeNull();
            buffer.Address.ShouldNotBe(kept.Address);
            again.Add(buffer);
        }

        pool.SlabCount.ShouldBe(1);
        again.ForEach(buffer => pool.Return(buffer, 61_000));
        pool.Return(kept, 61_000);
        pool.RentedCount.ShouldBe(0);
        pool.Clear();
    }

    [Fact]
    public void A_loop_gives_idle_slabs_back_by_itself()
    {
        using TestLoop test = new();
        List<NativeBuffer> rented = [];
        for (int i = 0; i < 3 * BuffersOfASlab; i++)
        {
            rented.Add(test.Loop.LargeBuffers.TryRent().ShouldNotBeNull());
        }

        rented.ForEach(buffer => test.Loop.LargeBuffers.Return(buffer, test.Loop.NowMs));
        test.Advance(59_000);
        test.Loop.LargeBuffers.SlabCount.ShouldBe(3);
        test.Advance(11_000);
        test.Loop.LargeBuffers.SlabCount.ShouldBe(1);
    }

    [Fact]
    public void Renting_and_returning_allocate_nothing_once_warm()
    {
        BufferPool pool = new(new BufferBudget(SlabOctets), BufferOctets);
        pool.Return(pool.TryRent()!, 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            pool.Return(pool.TryRent()!, i);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        pool.Clear();
    }
}
