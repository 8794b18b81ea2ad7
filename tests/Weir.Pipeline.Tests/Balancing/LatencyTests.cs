using Weir.Pipeline.Balancing;

namespace Weir.Pipeline.Tests.Balancing;

/// <summary>Proves what the latency policy remembers, forgets and does with it.</summary>
public sealed class LatencyTests
{
    private const long Ms = 1_000_000;

    [Fact]
    public void A_peak_counts_at_once_and_decays_with_time()
    {
        ServerTally tally = new();
        tally.LatencyAt(0).ShouldBe(0);
        tally.OnAnswer(0, 10 * Ms);
        tally.OnAnswer(1 * Ms, 500 * Ms);
        tally.LatencyNs.ShouldBe(500 * Ms);
        tally.OnAnswer(2 * Ms, 10 * Ms);
        ((double)tally.LatencyNs).ShouldBe(500 * Ms, 1 * Ms);
        tally.LatencyAt(10_002 * Ms).ShouldBe(500 * Ms / Math.E, 2 * Ms);
        tally.OnAnswer(60_000 * Ms, 10 * Ms);
        ((double)tally.LatencyNs).ShouldBe(10 * Ms, 1 * Ms);
    }

    [Fact]
    public void A_quick_refusal_does_not_look_like_speed()
    {
        ServerTally tally = new();
        tally.OnNoAnswer(5 * Ms);
        tally.LatencyNs.ShouldBe(1000 * Ms);
    }

    [Fact]
    public void The_faster_server_is_taken_until_it_is_busy()
    {
        using BalanceBed bed = new(new LatencyBalancer(), [1, 1]);
        bed.Servers[0].TallyOf(0).OnAnswer(bed.Loop.NowNs, 20 * Ms);
        bed.Servers[1].TallyOf(0).OnAnswer(bed.Loop.NowNs, 5 * Ms);
        bed.Count(100).ShouldBe([0, 100]);
        bed.Occupy(bed.Servers[1], 4);
        bed.Count(100).ShouldBe([100, 0]);
    }

    [Fact]
    public void A_server_that_has_never_answered_is_tried_once()
    {
        using BalanceBed bed = new(new LatencyBalancer(), [1, 1]);
        bed.Servers[0].TallyOf(0).OnAnswer(bed.Loop.NowNs, 5 * Ms);
        bed.Count(10).ShouldBe([0, 10]);
        bed.Occupy(bed.Servers[1]);
        bed.Count(10).ShouldBe([10, 0]);
    }

    [Fact]
    public void A_server_that_was_slow_is_asked_again_in_time()
    {
        using BalanceBed bed = new(new LatencyBalancer(), [1, 1]);
        bed.Servers[0].TallyOf(0).OnAnswer(bed.Loop.NowNs, 400 * Ms);
        bed.Servers[1].TallyOf(0).OnAnswer(bed.Loop.NowNs, 5 * Ms);
        bed.Loop.Now += 60_000;
        bed.Servers[1].TallyOf(0).OnAnswer(bed.Loop.NowNs, 5 * Ms);
        bed.Count(10).ShouldBe([10, 0]);
    }
}
