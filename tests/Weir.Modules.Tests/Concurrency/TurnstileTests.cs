using Weir.Modules.Concurrency;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Concurrency;

public sealed class TurnstileTests
{
    private static readonly Bounds _two = new() { OfAll = 2, Queue = 10, QueueOfAll = 20, WaitMs = 1000 };

    [Fact]
    public void A_waiter_is_resumed_on_its_own_loop_when_another_loop_gives_a_place_back()
    {
        Turnstile turnstile = new(null, _two, 1024);
        TurnLoop here = new(0);
        TurnLoop there = new(3);
        Hold first = turnstile.TryEnter(1, here)!;
        turnstile.TryEnter(2, there).ShouldNotBeNull();
        turnstile.TryEnter(3, there).ShouldBeNull();
        Waiter waiter = turnstile.Enqueue(3, there, out bool isHeldByKey)!;
        isHeldByKey.ShouldBeFalse();
        ValueTask<WaitEnd> wait = waiter.WaitAsync(new FakeClient());
        first.Dispose();

        // It has its place, and nobody runs it but its loop.
        waiter.End.ShouldBe(WaitEnd.Entered);
        wait.IsCompleted.ShouldBeFalse();
        here.HasMail.ShouldBeFalse();
        there.Turn();
        wait.IsCompletedSuccessfully.ShouldBeTrue();
        wait.Result.ShouldBe(WaitEnd.Entered);
        turnstile.InFlight.ShouldBe(2);
        turnstile.Waiting.ShouldBe(0);
    }

    [Fact]
    public void A_place_is_given_back_once()
    {
        Turnstile turnstile = new(null, _two, 1024);
        TurnLoop loop = new(0);
        Hold hold = turnstile.TryEnter(1, loop)!;
        turnstile.TryEnter(1, loop).ShouldNotBeNull();
        hold.Leave();
        hold.Leave();
        hold.Dispose();
        turnstile.InFlight.ShouldBe(1);
        turnstile.TryEnter(1, loop).ShouldBeSameAs(hold);
    }

    [Fact]
    public void Who_comes_while_others_wait_does_not_overtake_them()
    {
        Turnstile turnstile = new(null, new Bounds { OfKey = 1, Queue = 10, QueueOfAll = 20, WaitMs = 1000 }, 1024);
        TurnLoop loop = new(0);
        Hold hold = turnstile.TryEnter(1UL << 32, loop)!;
        Waiter waiter = turnstile.Enqueue(1UL << 32, loop, out bool isHeldByKey)!;
        isHeldByKey.ShouldBeTrue();
        hold.Dispose();
        turnstile.TryEnter(1UL << 32, loop).ShouldBeNull();
        turnstile.TryEnter(2UL << 32, loop).ShouldNotBeNull();
        waiter.End.ShouldBe(WaitEnd.Entered);
        turnstile.InFlight.ShouldBe(2);
    }

    [Fact]
    public void A_waiter_that_gives_up_is_not_given_a_place()
    {
        Turnstile turnstile = new(null, _two, 1024);
        TurnLoop loop = new(0);
        Hold[] holds = [turnstile.TryEnter(1, loop)!, turnstile.TryEnter(1, loop)!];
        Waiter waiter = turnstile.Enqueue(1, loop, out _)!;
        FakeClient client = new();
        ValueTask<WaitEnd> wait = waiter.WaitAsync(client);
        client.AbortWhenGone!.Abort(Abstractions.Errors.ProxyErrors.ClientAborted);
        client.AbortWhenGone!.Abort(Abstractions.Errors.ProxyErrors.ClientAborted);
        holds[0].Dispose();
        loop.Turn();
        wait.Result.ShouldBe(WaitEnd.Gone);
        client.AbortWhenGone.ShouldBeNull();
        turnstile.InFlight.ShouldBe(1);
        turnstile.Waiting.ShouldBe(0);
    }

    [Fact]
    public void A_wait_ends_with_its_time_on_each_loop()
    {
        Turnstile turnstile = new(null, _two, 1024);
        TurnLoop[] loops = [new(0), new(1)];
        Array.ForEach(loops, loop => turnstile.TryEnter(1, loop).ShouldNotBeNull());
        ValueTask<WaitEnd>[] waits = [.. loops.Select(loop => turnstile.Enqueue(1, loop, out _)!.WaitAsync(new FakeClient()))];
        for (int i = 0; i < 8; i++)
        {
            loops[0].Turn(250);
            loops[0].Turn();
        }

        waits[0].Result.ShouldBe(WaitEnd.TimedOut);
        waits[1].IsCompleted.ShouldBeFalse();
        for (int i = 0; i < 8; i++)
        {
            loops[1].Turn(250);
            loops[1].Turn();
        }

        waits[1].Result.ShouldBe(WaitEnd.TimedOut);
        turnstile.Waiting.ShouldBe(0);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(0, 5)]
    [InlineData(2, 5)]
    public void Many_threads_never_exceed_the_limits_and_lose_no_place(int ofKey, int ofAll)
    {
        const int Threads = 4;
        const int Rounds = 4_000;

        // What is lost would be waited for without end.
        const int MostRounds = 2_000_000;
        Turnstile turnstile = new(
            null, new Bounds { OfKey = ofKey, OfAll = ofAll, Queue = 100_000, QueueOfAll = 100_000, WaitMs = 60_000 }, 1024);
        int[] inFlight = new int[4];
        int most = 0;
        int entered = 0;
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(index => new Thread(() => Work(index)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        entered.ShouldBe(Threads * Rounds);
        most.ShouldBe(0, "times that a limit was exceeded");
        turnstile.InFlight.ShouldBe(0);
        turnstile.Waiting.ShouldBe(0);

        void Work(int index)
        {
            TurnLoop loop = new(index);
            Random random = new(index);
            List<Hold> held = [];
            List<Task> waits = [];
            int waiting = 0;
            for (int round = 0; (round < Rounds || held.Count > 0 || waiting > 0) && round < MostRounds; round++)
            {
                if (round < Rounds)
                {
                    // Keys whose hashes are their own: what they mean does not matter here.
                    ulong key = (ulong)(random.Next(4) + 1) << 40;
                    if (turnstile.TryEnter(key, loop) is { } hold)
                    {
                        Enter(hold);
                    }
                    else
                    {
                        waiting++;
                        Waiter waiter = turnstile.Enqueue(key, loop, out _)!;
                        waits.Add(WaitFor(waiter, waiter.HasEnteredAtOnce ? new(waiter.End) : waiter.WaitAsync(new FakeClient())));
                    }
                }

                if (held.Count > 0 && (round >= Rounds || random.Next(3) > 0))
                {
                    int which = random.Next(held.Count);
                    Hold hold = held[which];
                    held.RemoveAt(which);
                    Interlocked.Decrement(ref inFlight[(hold.Key >> 40) - 1]);
                    hold.Dispose();
                }

                loop.Turn();
                if (round >= Rounds)
                {
                    Thread.Yield();
                }
            }

            waits.ShouldAllBe(wait => wait.IsCompletedSuccessfully);

            void Enter(Hold hold)
            {
                held.Add(hold);
                Interlocked.Increment(ref entered);
                int now = Interlocked.Increment(ref inFlight[(hold.Key >> 40) - 1]);
                if ((ofKey > 0 && now > ofKey) || (ofAll > 0 && turnstile.InFlight > ofAll))
                {
                    Interlocked.Increment(ref most);
                }
            }

            async Task WaitFor(Waiter waiter, ValueTask<WaitEnd> wait)
            {
                (await wait).ShouldBe(WaitEnd.Entered);
                ulong key = waiter.Key;
                bool isCounted = waiter.IsCounted;
                waiter.Places.Return(waiter);
                waiting--;
                Enter(turnstile.Take(key, loop, isCounted));
            }
        }
    }
}
