using Weir.Modules.Concurrency;

namespace Weir.Modules.Tests.Concurrency;

/// <summary>
/// Proves what the learnt limit converges to, on a simulated origin of known capacity. The table in
/// docs/decisions/0022-adaptive-concurrency.md is of these runs.
/// </summary>
public sealed class AdaptiveLimitTests
{
    private static readonly AdaptiveOptions _range = new();

    [Theory]
    [InlineData(100, 50, 0.0, 115, 140)]
    [InlineData(5, 50, 0.0, 6, 12)]
    [InlineData(20, 1, 0.0, 22, 34)]
    [InlineData(5, 1000, 0.0, 6, 14)]
    [InlineData(400, 20, 0.0, 440, 520)]
    [InlineData(100, 50, 0.3, 110, 140)]
    [InlineData(100, 50, 0.5, 100, 140)]
    public void It_finds_the_capacity_and_a_little_more(int workers, double workMs, double noise, int least, int most)
    {
        AdaptiveLimit limit = new(_range);
        SimulatedOrigin origin = new(limit) { Workers = workers, WorkMs = workMs, Noise = noise };
        origin.Run(75);

        // A probe may be going on at any one moment.
        List<int> limits = [];
        for (int i = 0; i < 7; i++)
        {
            origin.Run(3);
            limits.Add(limit.Limit);
        }

        limits.Order().ElementAt(3).ShouldBeInRange(least, most, string.Join(' ', limits));

        // The origin is kept busy: probing costs next to nothing.
        double perSecond = origin.Run(60);
        double full = workers * 1000 / workMs / Math.Exp(noise * noise / 2);
        perSecond.ShouldBeGreaterThan(full * (noise == 0 ? 0.94 : 0.9));
    }

    [Fact]
    public void It_follows_a_capacity_that_halves()
    {
        AdaptiveLimit limit = new(_range);
        SimulatedOrigin origin = new(limit);
        origin.Run(60);
        limit.Limit.ShouldBeInRange(115, 140);
        origin.Workers = 50;
        origin.Run(10);
        limit.Limit.ShouldBeInRange(55, 80);
    }

    [Fact]
    public void It_follows_a_capacity_that_doubles()
    {
        AdaptiveLimit limit = new(_range);
        SimulatedOrigin origin = new(limit) { Workers = 50 };
        origin.Run(60);
        limit.Limit.ShouldBeInRange(55, 80);
        origin.Workers = 100;
        origin.Run(10);
        limit.Limit.ShouldBeInRange(110, 140);
    }

    [Theory]
    [InlineData(50, 100)]
    [InlineData(100, 50)]
    public void It_does_not_take_another_time_of_work_for_a_queue(double before, double after)
    {
        AdaptiveLimit limit = new(_range);
        SimulatedOrigin origin = new(limit) { Workers = 50, WorkMs = before };
        origin.Run(60);
        origin.WorkMs = after;
        origin.Run(40);
        limit.Limit.ShouldBeInRange(55, 80);
    }

    [Fact]
    public void It_does_not_grow_while_it_is_not_used_up()
    {
        AdaptiveLimit limit = new(_range);
        SimulatedOrigin origin = new(limit) { Asked = 5 };
        origin.Run(60);
        limit.Limit.ShouldBe(20);
        origin.Asked = 30;
        origin.Run(60);
        limit.Limit.ShouldBeInRange(30, 40);
    }

    [Fact]
    public void Failures_lower_it_to_its_least_and_no_further()
    {
        AdaptiveLimit limit = new(new AdaptiveOptions { Min = 3, Start = 20, Max = 50 });
        SimulatedOrigin origin = new(limit) { FailedShare = 0.2 };
        origin.Run(30);
        limit.Limit.ShouldBe(3);
        origin.FailedShare = 0;
        origin.Run(60);
        limit.Limit.ShouldBe(50);
    }

    [Fact]
    public void Places_that_are_kept_for_long_do_not_hold_a_probe_up()
    {
        AdaptiveLimit limit = new(new AdaptiveOptions { Min = 2, Start = 20, Max = 20 });
        long nowNs = 1;
        int least = int.MaxValue;
        for (int i = 0; i < 20_000; i++)
        {
            // Twenty are always in flight, most of them tunnels; one answers each millisecond.
            nowNs += 1_000_000;
            limit.OnAnswer(nowNs - 5_000_000, nowNs, 20);
            if (i is > 5_000 and < 5_500)
            {
                least = Math.Min(least, limit.Limit);
            }
        }

        limit.Limit.ShouldBe(20);
        least.ShouldBeLessThanOrEqualTo(20);
    }

    [Fact]
    public void Other_bounds_hold_at_once()
    {
        AdaptiveLimit limit = new(_range);
        limit.Limit.ShouldBe(20);
        limit.Bound(new AdaptiveOptions { Min = 30, Start = 30, Max = 40 });
        limit.Limit.ShouldBe(30);
        limit.Bound(new AdaptiveOptions { Min = 1, Start = 1, Max = 10 });
        limit.Limit.ShouldBe(10);
    }
}
