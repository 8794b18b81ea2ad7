using Weir.Net.Connections;
using Weir.Net.Loops;
using Weir.Net.Tests.Testing;

namespace Weir.Net.Tests.Loops;

public sealed class LoopTests
{
    [Fact]
    public void What_an_item_wakes_runs_in_the_next_turn()
    {
        using TestLoop test = new();
        List<long> turns = [];
        int left = 3;
        ActionItem item = new(self =>
        {
            turns.Add(test.Loop.TurnCount);
            if (--left > 0)
            {
                test.Loop.Schedule(self);
            }
        });
        test.Loop.Schedule(item);
        test.Turn();
        turns.Count.ShouldBe(3);
        turns.Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public void An_item_stands_on_the_ready_list_once()
    {
        using TestLoop test = new();
        int runs = 0;
        ActionItem item = new(_ => runs++);
        test.Loop.Schedule(item);
        test.Loop.Schedule(item);
        test.Turn();
        runs.ShouldBe(1);
    }

    [Fact]
    public void Items_run_in_the_order_in_which_they_were_scheduled()
    {
        using TestLoop test = new();
        List<int> order = [];
        for (int i = 0; i < 10; i++)
        {
            int number = i;
            test.Loop.Schedule(new ActionItem(_ => order.Add(number)));
        }

        test.Turn();
        order.ShouldBe(Enumerable.Range(0, 10));
    }

    [Fact]
    public void A_throwing_item_is_reported_and_the_rest_of_the_batch_runs()
    {
        using TestLoop test = new();
        int runs = 0;
        test.Loop.Schedule(new ActionItem(_ => throw new InvalidOperationException("first")));
        test.Loop.Schedule(new ActionItem(_ => runs++));
        test.Loop.Post(() => throw new InvalidOperationException("second"));
        test.Loop.Post(() => runs++);
        test.Turn();
        runs.ShouldBe(2);
        test.Observer.Failures.Select(failure => failure.Message).ShouldBe(["second", "first"]);
    }

    [Fact]
    public void A_throwing_timer_is_reported_and_the_loop_goes_on()
    {
        using TestLoop test = new();
        int fired = 0;
        test.Loop.Arm(new ActionTimer(_ => fired++), 10);
        test.Loop.Arm(new ActionTimer(_ => throw new InvalidOperationException("timer")), 10);
        test.Loop.Arm(new ActionTimer(_ => fired++), 10);
        test.Advance(40);
        fired.ShouldBe(2);
        test.Observer.Failures.Count.ShouldBe(1);
        test.Loop.TimerCount.ShouldBe(0);
    }

    [Fact]
    public void An_exception_of_a_root_task_is_reported_once()
    {
        using TestLoop test = new();
        test.Loop.Post(() =>
        {
            test.Loop.Observe(FailLaterAsync(test.Loop));
            test.Observer.Failures.ShouldBeEmpty();
        });
        test.Turn();
        test.Observer.Failures.Count.ShouldBe(1);
    }

    [Fact]
    public void A_root_task_that_failed_already_is_reported()
    {
        using TestLoop test = new();
        test.Loop.Observe(ValueTask.FromException(new InvalidOperationException("root")));
        test.Observer.Failures.Count.ShouldBe(1);
    }

    [Fact]
    public void A_slow_turn_is_reported_with_its_length()
    {
        using TestLoop test = new();
        test.Loop.Post(() => test.Clock.Advance(25));
        test.Turn();
        test.Observer.SlowTurns.ShouldBe([25_000_000L]);
    }

    [Fact]
    public void Every_turn_ends_its_batch_once()
    {
        using TestLoop test = new();
        int before = test.Observer.Batches;
        long turns = test.Loop.TurnCount;
        test.Turn();
        (test.Observer.Batches - before).ShouldBe((int)(test.Loop.TurnCount - turns));
    }

    [Fact]
    public void Yielding_and_waiting_allocate_nothing_once_warm()
    {
        using TestLoop test = new();
        ValueTask[] tasks = new ValueTask[64];
        long allocated = 0;
        for (int round = 0; round < 200; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < tasks.Length; i++)
            {
                tasks[i] = (i & 1) == 0 ? test.Loop.YieldAsync() : test.Loop.DelayAsync(5);
            }

            test.Advance(40);
            for (int i = 0; i < tasks.Length; i++)
            {
                tasks[i].IsCompletedSuccessfully.ShouldBeTrue();
                tasks[i].GetAwaiter().GetResult();
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        allocated.ShouldBe(0);
    }

    [Fact]
    public void A_delay_completes_after_its_time()
    {
        using TestLoop test = new();
        ValueTask task = test.Loop.DelayAsync(100);
        test.Advance(99);
        task.IsCompleted.ShouldBeFalse();
        test.Advance(18);
        task.IsCompleted.ShouldBeTrue();
        task.GetAwaiter().GetResult();
    }

    [Fact]
    public void The_date_follows_the_wall_clock()
    {
        using TestLoop test = new();
        string first = System.Text.Encoding.ASCII.GetString(test.Loop.DateValue);
        first.Length.ShouldBe(29);
        DateTimeOffset expected = DateTimeOffset.FromUnixTimeMilliseconds(test.Loop.UnixMs);
        first.ShouldBe(expected.ToString("R", System.Globalization.CultureInfo.InvariantCulture));
        test.Advance(1000);
        System.Text.Encoding.ASCII.GetString(test.Loop.DateValue).ShouldNotBe(first);
    }

    [Fact]
    public void A_slot_that_was_freed_is_used_again_and_a_stale_event_reaches_nobody()
    {
        using TestLoop test = new(isInMemory: false);
        using SocketPair first = new(test);
        int slot = first.Connection.PollSlot;

        // The peer's octets are in the kernel and their event is due when the connection goes away in the same turn.
        first.Peer.Send("late"u8);
        first.Connection.Close();
        using SocketPair second = new(test);
        second.Connection.PollSlot.ShouldBe(slot);
        test.Turn();
        ValueTask<ReadStatus> reading = second.Connection.ReadAsync(Connection.NoTimeout);
        test.Turn();
        reading.IsCompleted.ShouldBeFalse();
        second.Connection.ReceivedCount.ShouldBe(0);
        second.Peer.Send("mine"u8);
        test.Result(reading).ShouldBe(ReadStatus.Data);
        second.Connection.Received.ToArray().ShouldBe("mine"u8.ToArray());
        second.Connection.Consume(4);
    }

    [Fact]
    public void A_throwing_pollable_does_not_lose_the_events_of_the_others()
    {
        using TestLoop test = new(isInMemory: false);
        using SocketPair first = new(test);
        using SocketPair second = new(test);
        using SocketPair third = new(test);
        second.Connection.Observer = new ThrowingObserver();
        ValueTask<ReadStatus> firstRead = first.Connection.ReadAsync(Connection.NoTimeout);
        ValueTask<ReadStatus> thirdRead = third.Connection.ReadAsync(Connection.NoTimeout);
        test.Turn();
        first.Peer.Send("a"u8);
        second.Peer.Send("b"u8);
        third.Peer.Send("c"u8);
        test.Result(firstRead).ShouldBe(ReadStatus.Data);
        test.Result(thirdRead).ShouldBe(ReadStatus.Data);
        test.TurnUntil(() => test.Observer.Failures.Count > 0);
        first.Connection.Consume(1);
        third.Connection.Consume(1);
    }

    [Fact]
    public void Random_numbers_of_two_loops_differ()
    {
        using TestLoop first = new();
        using TestLoop second = new();
        HashSet<ulong> seen = [];
        for (int i = 0; i < 1000; i++)
        {
            seen.Add(first.Loop.NextRandom()).ShouldBeTrue();
            seen.Add(second.Loop.NextRandom()).ShouldBeTrue();
        }
    }

    private static async ValueTask FailLaterAsync(Loop loop)
    {
        await loop.YieldAsync();
        throw new InvalidOperationException("later");
    }

    private sealed class ThrowingObserver : IConnectionObserver
    {
        public void OnUnaskedInput(Connection connection) => throw new InvalidOperationException("observer");

        public void OnIdleTimeout(Connection connection) => throw new InvalidOperationException("observer");

        public void OnGone(Connection connection) => throw new InvalidOperationException("observer");
    }
}
