using Weir.Net.Tests.Testing;
using Weir.Net.Time;

namespace Weir.Net.Tests.Time;

public sealed class TimerWheelTests
{
    private const int SlotMs = 16;

    [Fact]
    public void A_timer_fires_not_early_and_at_most_a_slot_late()
    {
        for (int delay = 0; delay < 200; delay++)
        {
            long now = 1000 + (delay % 17);
            TimerWheel wheel = new(now);
            long firedAt = -1;
            wheel.Arm(new ActionTimer(_ => firedAt = now), now + delay);
            long due = now + delay;
            while (firedAt < 0)
            {
                now++;
                wheel.Advance(now);
            }

            firedAt.ShouldBeGreaterThanOrEqualTo(due);
            firedAt.ShouldBeLessThanOrEqualTo(due + SlotMs + 1);
        }
    }

    [Fact]
    public void A_timer_several_turns_of_the_wheel_away_waits_for_its_time()
    {
        TimerWheel wheel = new(0);
        int fired = 0;
        wheel.Arm(new ActionTimer(_ => fired++), 100_000);
        for (long now = 0; now < 100_000; now += 10)
        {
            wheel.Advance(now);
        }

        fired.ShouldBe(0);
        wheel.Advance(100_000 + SlotMs);
        fired.ShouldBe(1);
        wheel.Count.ShouldBe(0);
    }

    [Fact]
    public void One_late_turn_fires_everything_that_was_due()
    {
        TimerWheel wheel = new(0);
        int fired = 0;
        for (int i = 0; i < 5000; i++)
        {
            wheel.Arm(new ActionTimer(_ => fired++), i * 20);
        }

        wheel.Advance(1_000_000);
        fired.ShouldBe(5000);
        wheel.NextDelayMs(1_000_000).ShouldBe(-1);
    }

    [Fact]
    public void A_disarmed_timer_does_not_fire_and_disarming_twice_is_harmless()
    {
        TimerWheel wheel = new(0);
        int fired = 0;
        ActionTimer timer = new(_ => fired++);
        wheel.Arm(timer, 50);
        wheel.Disarm(timer);
        wheel.Disarm(timer);
        wheel.Advance(1000);
        fired.ShouldBe(0);
        wheel.Count.ShouldBe(0);
        timer.IsArmed.ShouldBeFalse();
    }

    [Fact]
    public void A_timer_armed_again_fires_once_at_its_last_time()
    {
        TimerWheel wheel = new(0);
        long now = 0;
        List<long> fired = [];
        ActionTimer timer = new(_ => fired.Add(now));
        wheel.Arm(timer, 50);
        wheel.Arm(timer, 500);
        wheel.Count.ShouldBe(1);
        for (; now < 1000; now++)
        {
            wheel.Advance(now);
        }

        fired.Count.ShouldBe(1);
        fired[0].ShouldBeInRange(500, 500 + SlotMs);
    }

    [Fact]
    public void A_timer_that_arms_itself_in_its_callback_fires_again_later_not_at_once()
    {
        TimerWheel wheel = new(0);
        int fired = 0;
        ActionTimer timer = new(self =>
        {
            fired++;
            wheel.Arm(self, 0);
        });
        wheel.Arm(timer, 0);
        wheel.Advance(SlotMs);
        fired.ShouldBe(1);
        wheel.Advance(SlotMs * 2);
        fired.ShouldBe(2);
    }

    [Fact]
    public void A_callback_may_disarm_the_timers_next_to_it()
    {
        for (int victim = 0; victim < 4; victim++)
        {
            TimerWheel wheel = new(0);
            List<int> fired = [];
            ActionTimer[] timers = new ActionTimer[4];
            for (int i = 0; i < timers.Length; i++)
            {
                timers[i] = new ActionTimer(self =>
                {
                    fired.Add(self.Number);
                    wheel.Disarm(timers[victim]);
                })
                { Number = i };
                wheel.Arm(timers[i], 10);
            }

            wheel.Advance(100);
            fired.Count(number => number == victim).ShouldBeLessThanOrEqualTo(1);
            fired.Distinct().Count().ShouldBe(fired.Count);
            fired.Count.ShouldBe(fired.Contains(victim) ? 4 : 3);
            wheel.Count.ShouldBe(0);
        }
    }

    [Fact]
    public void A_callback_that_throws_is_reported_and_the_others_still_fire()
    {
        List<Exception> failures = [];
        TimerWheel wheel = new(0, failures.Add);
        int fired = 0;
        for (int i = 0; i < 3; i++)
        {
            wheel.Arm(new ActionTimer(_ => fired++), 10);
            wheel.Arm(new ActionTimer(_ => throw new InvalidOperationException("broken")), 10);
        }

        wheel.Advance(100);
        fired.ShouldBe(3);
        failures.Count.ShouldBe(3);
        wheel.Count.ShouldBe(0);
    }

    [Fact]
    public void The_delay_to_sleep_reaches_the_next_timer_and_never_passes_it()
    {
        Random random = new(7);
        for (int round = 0; round < 500; round++)
        {
            long now = random.Next(0, 50_000);
            TimerWheel wheel = new(now);
            bool fired = false;
            int delay = random.Next(0, 40_000);
            wheel.Arm(new ActionTimer(_ => fired = true), now + delay);
            long due = now + delay;
            for (int sleeps = 0; !fired; sleeps++)
            {
                sleeps.ShouldBeLessThan(8, "The loop would wake up too often.");
                int sleep = wheel.NextDelayMs(now);
                sleep.ShouldBeGreaterThanOrEqualTo(0);
                now += sleep;
                (now <= due + SlotMs).ShouldBeTrue("The loop would sleep past a timer.");
                wheel.Advance(now);
            }

            now.ShouldBeGreaterThanOrEqualTo(due);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void The_wheel_agrees_with_a_sorted_list(int seed)
    {
        // A failure prints the seed: it is the test's argument.
        Random random = new(seed);
        long now = random.Next(0, 100_000);
        TimerWheel wheel = new(now);
        Dictionary<int, long> expected = [];
        List<int> fired = [];
        ActionTimer[] timers = new ActionTimer[200];
        for (int i = 0; i < timers.Length; i++)
        {
            timers[i] = new ActionTimer(self =>
            {
                fired.Add(self.Number);
                expected[self.Number].ShouldBeLessThanOrEqualTo(now, "A timer fired early.");
                expected.Remove(self.Number).ShouldBeTrue("A timer fired that was not armed.");
                int other = random.Next(timers.Length);
                switch (random.Next(6))
                {
                    case 0:
                        wheel.Disarm(timers[other]);
                        expected.Remove(other);
                        break;
                    case 1:
                        long due = now + random.Next(0, 3000);
                        wheel.Arm(timers[other], due);
                        expected[other] = due;
                        break;
                    default:
                        break;
                }
            })
            { Number = i };
        }

        for (int step = 0; step < 20_000; step++)
        {
            int timer = random.Next(timers.Length);
            switch (random.Next(4))
            {
                case 0 or 1:
                    long due = now + (random.Next(10) == 0 ? random.Next(60_000) : random.Next(400)) - 5;
                    wheel.Arm(timers[timer], due);
                    expected[timer] = due;
                    break;
                case 2:
                    wheel.Disarm(timers[timer]);
                    expected.Remove(timer);
                    break;
                default:
                    now += random.Next(20) == 0 ? random.Next(30_000) : random.Next(60);
                    HashSet<int> before = [.. expected.Keys];
                    wheel.Advance(now);
                    expected.Where(entry => before.Contains(entry.Key) && entry.Value + (2 * SlotMs) < now)
                        .ShouldBeEmpty("A timer is more than a slot late.");
                    break;
            }

            wheel.Count.ShouldBe(expected.Count);
            timers[timer].IsArmed.ShouldBe(expected.ContainsKey(timer));
        }

        fired.Count.ShouldBeGreaterThan(1000);
    }
}
