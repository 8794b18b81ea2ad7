using Weir.Modules.Concurrency;

namespace Weir.Modules.Tests.Concurrency;

public sealed class KeyCountsTests
{
    [Fact]
    public void It_counts_each_key_for_itself_and_forgets_who_left()
    {
        KeyCounts counts = new(1024);
        counts.TryEnter(1UL << 20, 2).ShouldBe(Entry.Counted);
        counts.TryEnter(1UL << 20, 2).ShouldBe(Entry.Counted);
        counts.TryEnter(1UL << 20, 2).ShouldBe(Entry.Full);
        counts.TryEnter(2UL << 20, 2).ShouldBe(Entry.Counted);
        counts.Sum().ShouldBe(3);
        counts.Leave(1UL << 20).ShouldBeFalse();
        counts.Of(1UL << 20).ShouldBe(1);
        counts.Leave(1UL << 20);
        counts.Leave(2UL << 20);
        counts.Sum().ShouldBe(0);
        counts.Of(1UL << 20).ShouldBe(0);
    }

    [Fact]
    public void While_requests_of_a_key_wait_others_of_it_do_not_pass()
    {
        KeyCounts counts = new(1024);
        counts.TryMarkWaiting(1UL << 20, 1).ShouldBeFalse();
        counts.TryEnter(1UL << 20, 1);
        counts.TryMarkWaiting(1UL << 20, 1).ShouldBeTrue();
        counts.Leave(1UL << 20).ShouldBeTrue();
        counts.TryEnter(1UL << 20, 1).ShouldBe(Entry.Full);
        counts.TryEnter(1UL << 20, 1, hasWaited: true).ShouldBe(Entry.Counted);
        counts.UnmarkWaiting(1UL << 20);
        counts.Leave(1UL << 20).ShouldBeFalse();
        counts.TryEnter(1UL << 20, 1).ShouldBe(Entry.Counted);
    }

    [Fact]
    public void A_key_that_finds_no_room_passes_uncounted()
    {
        KeyCounts counts = new(4);
        int uncounted = 0;
        for (ulong key = 1; key <= 40; key++)
        {
            uncounted += counts.TryEnter(key << 20, 1) == Entry.Uncounted ? 1 : 0;
        }

        uncounted.ShouldBe(40 - (int)counts.Sum());
        uncounted.ShouldBeGreaterThan(20);
    }

    [Fact]
    public void Many_threads_put_a_key_down_once()
    {
        const int Threads = 4;
        const int Rounds = 200_000;
        const int Most = 2;
        KeyCounts counts = new(1024);
        int[] inFlight = new int[3];
        int exceeded = 0;
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(index => new Thread(() => Work(index)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        exceeded.ShouldBe(0);
        counts.Sum().ShouldBe(0);

        void Work(int index)
        {
            Random random = new(index);
            for (int round = 0; round < Rounds; round++)
            {
                // All in one set, so that places come free before others that are in use.
                int which = random.Next(inFlight.Length);
                ulong key = (ulong)(which + 1) << 40;
                if (counts.TryEnter(key, Most) != Entry.Counted)
                {
                    continue;
                }

                Interlocked.Add(ref exceeded, Interlocked.Increment(ref inFlight[which]) > Most ? 1 : 0);
                Thread.SpinWait(random.Next(20));
                Interlocked.Decrement(ref inFlight[which]);
                counts.Leave(key);
            }
        }
    }
}
