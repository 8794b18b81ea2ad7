using Weir.Telemetry.Counting;

namespace Weir.Telemetry.Tests.Counting;

public sealed class DurationHistogramTests
{
    [Fact]
    public void Buckets_follow_each_other_without_gap_and_hold_their_bounds()
    {
        for (int bucket = 0; bucket < DurationHistogram.BucketCount - 1; bucket++)
        {
            long bound = DurationHistogram.UpperBoundNs(bucket);
            DurationHistogram.IndexOf(bound).ShouldBe(bucket);
            DurationHistogram.IndexOf(bound + 1).ShouldBe(bucket + 1);
        }

        DurationHistogram.IndexOf(long.MaxValue).ShouldBe(DurationHistogram.BucketCount - 1);
        DurationHistogram.UpperBoundNs(DurationHistogram.BucketCount - 1).ShouldBeGreaterThan(3_600_000_000_000);
    }

    [Fact]
    public void A_quantile_is_at_most_an_eighth_too_high()
    {
        CounterSet counters = new(loops: 2);
        for (int i = 1; i <= 10_000; i++)
        {
            counters.OfLoop(i % 2).Record(TimedPhase.Total, i * 100_000L);
        }

        HistogramSnapshot durations = counters.Durations(TimedPhase.Total);
        durations.Count.ShouldBe(10_000);
        durations.SumNs.ShouldBe(10_000L * 10_001 / 2 * 100_000);
        foreach (double share in new[] { 0.01, 0.5, 0.9, 0.99, 0.999, 1.0 })
        {
            double exact = share * 10_000 * 100_000;
            durations.QuantileNs(share).ShouldBeInRange((long)exact, (long)(exact * 1.125));
        }

        counters.Durations(TimedPhase.Body).QuantileNs(0.99).ShouldBe(0);
    }

    [Fact]
    public void A_negative_duration_counts_as_none()
    {
        CounterSet counters = new(loops: 1);
        counters.OfLoop(0).Record(TimedPhase.Head, -5);
        HistogramSnapshot durations = counters.Durations(TimedPhase.Head);
        durations.Count.ShouldBe(1);
        durations.SumNs.ShouldBe(0);
        durations.Buckets[0].ShouldBe(1);
    }
}
