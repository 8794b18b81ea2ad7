using Weir.Pipeline.Health;

namespace Weir.Pipeline.Tests.Health;

/// <summary>Proves which failures set a server aside, and for how long.</summary>
public sealed class PassiveHealthTests
{
    private static readonly PassiveHealthPolicy _policy = new() { Failures = 5, WindowMs = 10_000, EjectMs = 30_000 };

    [Fact]
    public void The_fifth_failure_within_the_window_is_enough()
    {
        PassiveHealth health = new();
        Fail(health, 4, 0, 100).ShouldBe(0);
        health.OnFailure(9_999, 5, _policy).ShouldBe(1);
    }

    [Fact]
    public void The_window_slides()
    {
        PassiveHealth health = new();
        Fail(health, 4, 0, 2_600).ShouldBe(0);

        // The first failure is 10.4 s old, the second one 7.8 s: the sixth failure finds five within the window.
        health.OnFailure(10_400, 5, _policy).ShouldBe(0);
        health.OnFailure(10_500, 6, _policy).ShouldBe(1);
    }

    [Fact]
    public void Few_failures_among_many_tries_are_those_of_single_requests()
    {
        PassiveHealth health = new();
        long tries = 0;
        for (int i = 0; i < 1_000; i++)
        {
            tries += 100;
            health.OnFailure(i, tries, _policy).ShouldBe(0);
        }

        // It dies: five failures in a row are enough, whatever it has served before.
        for (int i = 0; i < 3; i++)
        {
            health.OnFailure(1_000, ++tries, _policy);
        }

        health.OnFailure(1_000, ++tries, _policy).ShouldBe(1, 0.1);
    }

    [Fact]
    public void The_share_is_that_of_the_tries_since_the_first_failure()
    {
        PassiveHealth health = new();
        Fail(health, 4, 0, 0);
        health.OnFailure(10, 25, _policy).ShouldBe(0.2, 0.001);
    }

    [Fact]
    public void Each_time_in_a_row_is_longer_until_five_minutes()
    {
        PassiveHealth health = new();
        long nowMs = 1_000;
        List<int> times = [];
        for (int i = 0; i < 12; i++)
        {
            int ms = health.Eject(nowMs, 1, _policy);
            times.Add(ms);
            nowMs += ms + 1;
        }

        times.Take(4).ShouldBe([30_000, 60_000, 90_000, 120_000]);
        times.Skip(9).ShouldBe([300_000, 300_000, 300_000]);
    }

    [Fact]
    public void Time_of_use_is_forgiven()
    {
        PassiveHealth health = new();
        health.Eject(0, 1, _policy).ShouldBe(30_000);
        health.Eject(31_000, 1, _policy).ShouldBe(60_000);
        health.Eject(31_000 + 60_000 + 61_000, 1, _policy).ShouldBe(30_000);
    }

    [Fact]
    public void A_time_aside_longer_than_five_minutes_stays_as_it_is_configured()
    {
        PassiveHealth health = new();
        PassiveHealthPolicy policy = _policy with { EjectMs = 600_000 };
        health.Eject(0, 1, policy).ShouldBe(600_000);
        health.Eject(600_001, 1, policy).ShouldBe(600_000);
    }

    [Fact]
    public void Only_a_check_that_began_afterwards_ends_it_early()
    {
        PassiveHealth health = new();
        health.Eject(1_000, 1, _policy);
        health.TryEndEarly(checkedMs: 999, nowMs: 1_100).ShouldBeFalse();
        health.IsEjected(1_100).ShouldBeTrue();
        health.TryEndEarly(checkedMs: 1_050, nowMs: 1_100).ShouldBeTrue();
        health.IsEjected(1_100).ShouldBeFalse();
        health.TryEndEarly(checkedMs: 1_200, nowMs: 1_300).ShouldBeFalse();
    }

    private static double Fail(PassiveHealth health, int count, long fromMs, long everyMs)
    {
        double share = 0;
        for (int i = 0; i < count; i++)
        {
            share = health.OnFailure(fromMs + (i * everyMs), i + 1, _policy);
        }

        return share;
    }
}
