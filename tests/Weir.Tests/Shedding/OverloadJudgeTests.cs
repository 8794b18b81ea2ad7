using Weir.Abstractions.Exchanges;
using Weir.Shedding;

namespace Weir.Tests.Shedding;

/// <summary>The order of shedding, how it begins and how it ends.</summary>
public sealed class OverloadJudgeTests
{
    private static readonly OverloadPolicy _policy = new(MemoryShare: 0.9, LagMs: 250, QueueMs: 3_000, IsOff: false);
    private static readonly OverloadSample _quiet = new(0.2, 0, 0);
    private static readonly OverloadSample _lagging = new(0.2, 300, 0);

    private readonly OverloadJudge _judge = new();

    [Fact]
    public void One_long_turn_is_no_overload()
    {
        for (int i = 0; i < 20; i++)
        {
            Feed(_lagging).ShouldBe(LoadLevel.Normal);
            Feed(_quiet).ShouldBe(LoadLevel.Normal);
        }
    }

    [Fact]
    public void Connections_go_first_then_low_priority()
    {
        Feed(_lagging, 2).ShouldBe(LoadLevel.HeavyClients);
        _judge.HeavyDivisor.ShouldBe(OverloadJudge.FirstDivisor);
        _judge.Cause.ShouldBe(OverloadCause.Lag);
        Feed(_lagging).ShouldBe(LoadLevel.HeavyClients);
        Feed(_lagging).ShouldBe(LoadLevel.LowPriority);
    }

    [Fact]
    public void Memory_is_not_waited_for()
    {
        Feed(new OverloadSample(0.95, 0, 0)).ShouldBe(LoadLevel.HeavyClients);
        _judge.Cause.ShouldBe(OverloadCause.Memory);
    }

    [Fact]
    public void A_queue_counts()
    {
        Feed(new OverloadSample(0, 0, 3_000), 2).ShouldBe(LoadLevel.HeavyClients);
        _judge.Cause.ShouldBe(OverloadCause.Queue);
    }

    [Fact]
    public void Smaller_crowds_are_turned_away_while_it_does_not_help()
    {
        Feed(_lagging, 2);
        int before = _judge.HeavyDivisor;
        Feed(_lagging);
        _judge.HeavyDivisor.ShouldBe(before * 2);
        Feed(_lagging, 100);
        _judge.HeavyDivisor.ShouldBe(OverloadJudge.LastDivisor);
    }

    [Fact]
    public void Just_below_the_threshold_nothing_changes()
    {
        Feed(_lagging, 4).ShouldBe(LoadLevel.LowPriority);
        Feed(new OverloadSample(0.2, 240, 0), 100).ShouldBe(LoadLevel.LowPriority);
    }

    [Fact]
    public void Levels_are_taken_back_one_by_one_when_all_is_well()
    {
        Feed(_lagging, 4);
        Feed(_quiet, 3).ShouldBe(LoadLevel.LowPriority);
        Feed(_quiet).ShouldBe(LoadLevel.HeavyClients);
        Feed(_quiet, 3).ShouldBe(LoadLevel.HeavyClients);
        Feed(_quiet).ShouldBe(LoadLevel.Normal);
        _judge.HeavyDivisor.ShouldBe(1);
        _judge.Cause.ShouldBe(OverloadCause.None);
    }

    [Fact]
    public void A_relapse_begins_the_count_anew()
    {
        Feed(_lagging, 4);
        Feed(_quiet, 3);
        Feed(_lagging);
        Feed(_quiet, 3).ShouldBe(LoadLevel.LowPriority);
    }

    [Fact]
    public void Off_ends_it_at_once_and_never_begins_it()
    {
        Feed(_lagging, 4);
        OverloadPolicy off = _policy with { IsOff = true };
        _judge.Judge(_lagging, off).ShouldBeTrue();
        _judge.Level.ShouldBe(LoadLevel.Normal);
        _judge.Judge(new OverloadSample(1, 10_000, 10_000), off).ShouldBeFalse();
    }

    private LoadLevel Feed(OverloadSample sample, int times = 1)
    {
        for (int i = 0; i < times; i++)
        {
            _judge.Judge(sample, _policy);
        }

        return _judge.Level;
    }
}
