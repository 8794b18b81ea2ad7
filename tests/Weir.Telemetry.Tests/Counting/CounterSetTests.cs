using Weir.Telemetry.Counting;

namespace Weir.Telemetry.Tests.Counting;

public sealed class CounterSetTests
{
    [Fact]
    public void A_total_is_the_sum_over_all_loops_and_other_threads()
    {
        CounterSet counters = new(loops: 3);
        Parallel.For(0, 3, loop =>
        {
            for (int i = 0; i < 100_000; i++)
            {
                counters.OfLoop(loop).Add(Counter.Retries);
            }
        });
        counters.OfLoop(1).Add(Counter.ClientOctetsIn, 5_000_000_000);
        counters.Shared.Add(Counter.Retries, 7);

        counters.Total(Counter.Retries).ShouldBe(300_007);
        counters.Total(Counter.ClientOctetsIn).ShouldBe(5_000_000_000);
        counters.Total(Counter.DnsFailures).ShouldBe(0);
    }

    [Fact]
    public void Other_threads_count_without_losing_any()
    {
        CounterSet counters = new(loops: 1);
        Parallel.For(0, 40_000, _ => counters.Shared.Add(Counter.DnsFailures));
        counters.Total(Counter.DnsFailures).ShouldBe(40_000);
    }

    [Fact]
    public void A_gauge_goes_up_and_down_and_is_summed()
    {
        CounterSet counters = new(loops: 2);
        counters.OfLoop(0).Set(Counter.BufferSlabs, 5);
        counters.OfLoop(1).Add(Counter.BufferSlabs, 4);
        counters.OfLoop(1).Add(Counter.BufferSlabs, -1);
        counters.Total(Counter.BufferSlabs).ShouldBe(8);
    }

    [Fact]
    public void Statuses_are_counted_by_class()
    {
        CounterSet counters = new(loops: 1);
        foreach (int status in new[] { 101, 200, 204, 304, 404, 499, 503, 0, 799, -1 })
        {
            counters.OfLoop(0).AddStatus(status);
        }

        counters.Total(Counter.Status1xx).ShouldBe(1);
        counters.Total(Counter.Status2xx).ShouldBe(2);
        counters.Total(Counter.Status3xx).ShouldBe(1);
        counters.Total(Counter.Status4xx).ShouldBe(2);
        counters.Total(Counter.Status5xx).ShouldBe(1);
        counters.Total(Counter.StatusNone).ShouldBe(3);
    }

    [Fact]
    public void A_family_counts_by_index_and_ignores_what_it_does_not_have()
    {
        FamilyLabels labels = new FamilyLabels()
            .With(CounterFamily.ProxyErrors, ["no_site", "no_route"])
            .With(CounterFamily.RejectedHeads, ["bad_name", "bad_value", "both_lengths"]);
        CounterSet counters = new(loops: 2, labels);
        counters.OfLoop(0).Add(CounterFamily.RejectedHeads, 2);
        counters.OfLoop(1).Add(CounterFamily.RejectedHeads, 2);
        counters.OfLoop(1).Add(CounterFamily.ProxyErrors, 0);
        counters.OfLoop(0).Add(CounterFamily.ProxyErrors, 2);
        counters.OfLoop(0).Add(CounterFamily.ProxyErrors, -1);
        counters.OfLoop(0).Add(CounterFamily.RejectedOriginHeads, 0);

        counters.Total(CounterFamily.RejectedHeads, 2).ShouldBe(2);
        counters.Total(CounterFamily.RejectedHeads, 0).ShouldBe(0);
        counters.Total(CounterFamily.ProxyErrors, 0).ShouldBe(1);
        counters.Total(CounterFamily.ProxyErrors, 1).ShouldBe(0);
        counters.Total(CounterFamily.ProxyErrors, 2).ShouldBe(0);
        counters.Total(CounterFamily.RejectedOriginHeads, 0).ShouldBe(0);
    }

    [Fact]
    public void What_the_runtime_counts_is_read_when_asked()
    {
        CounterSet counters = new(loops: 1);
        counters.Total(Counter.HeapOctets).ShouldBeGreaterThanOrEqualTo(0);
        counters.Total(Counter.AllocatedOctets).ShouldBeGreaterThan(0);
        counters.Total(Counter.Gen2Collections).ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public void Counting_and_recording_allocate_nothing()
    {
        LoopCounters counters = new CounterSet(loops: 1).OfLoop(0);
        counters.Record(TimedPhase.Wait, 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            counters.Add(Counter.LoopTurns);
            counters.AddStatus(200);
            counters.Record(TimedPhase.Wait, i * 1000L);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }
}
