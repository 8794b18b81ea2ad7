using Weir.Net.Buffers;
using Weir.Net.Loops;
using Weir.Net.Tests.Testing;

namespace Weir.Net.Tests.Loops;

public sealed class LoopThreadTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task What_other_threads_post_runs_on_the_loop_in_order()
    {
        using LoopGroup group = Start(1, out Loop[] loops);
        const int Threads = 4;
        const int Posts = 5000;
        List<int>[] seen = [.. Enumerable.Range(0, Threads).Select(_ => new List<int>())];
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int total = 0;
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
        {
            for (int i = 0; i < Posts; i++)
            {
                int number = i;
                loops[0].Post(() =>
                {
                    seen[thread].Add(number);
                    if (++total == Threads * Posts)
                    {
                        done.SetResult();
                    }
                });
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        await done.Task.WaitAsync(_limit);
        foreach (List<int> numbers in seen)
        {
            numbers.ShouldBe(Enumerable.Range(0, Posts));
        }
    }

    [Fact]
    public async Task A_sleeping_loop_wakes_for_every_single_post()
    {
        using LoopGroup group = Start(1, out Loop[] loops);
        for (int i = 0; i < 500; i++)
        {
            TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
            loops[0].Post(done.SetResult);
            await done.Task.WaitAsync(_limit);
        }

        loops[0].TurnCount.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_foreign_task_resumes_on_the_loop_that_awaited_it()
    {
        using LoopGroup group = Start(2, out Loop[] loops);
        TaskCompletionSource<(bool Before, int Worker, bool After)> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        loops[1].Post(() => loops[1].Observe(AwaitForeignAsync(loops[1], done)));
        (bool before, int worker, bool after) = await done.Task.WaitAsync(_limit);
        before.ShouldBeTrue();
        after.ShouldBeTrue();
        worker.ShouldNotBe(0);
    }

    [Fact]
    public async Task Something_runs_once_on_each_loop_and_its_exception_comes_back()
    {
        using LoopGroup group = Start(3, out Loop[] loops);
        int[] runs = new int[3];
        await group.RunOnEachAsync(loop =>
        {
            loop.IsCurrent.ShouldBeTrue();
            runs[loop.Index]++;
        }).WaitAsync(_limit);
        runs.ShouldBe([1, 1, 1]);
        loops.Select(loop => loop.Index).ShouldBe([0, 1, 2]);
        InvalidOperationException thrown = await Should.ThrowAsync<InvalidOperationException>(
            () => group.RunOnEachAsync(_ => throw new InvalidOperationException("mine")).WaitAsync(_limit));
        thrown.Message.ShouldBe("mine");
    }

    [Fact]
    public async Task A_timer_wakes_a_loop_that_sleeps()
    {
        using LoopGroup group = Start(1, out Loop[] loops);
        TaskCompletionSource<long> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        long armedAt = 0;
        loops[0].Post(() =>
        {
            armedAt = loops[0].NowMs;
            loops[0].Arm(new ActionTimer(_ => done.SetResult(loops[0].NowMs)), 30);
        });
        long firedAt = await done.Task.WaitAsync(_limit);
        (firedAt - armedAt).ShouldBeGreaterThanOrEqualTo(30);
    }

    private static LoopGroup Start(int count, out Loop[] loops)
    {
        LoopGroup group = new(count, new BufferBudget(16 << 20), null);
        loops = [.. group.Loops];
        group.Start();
        return group;
    }

    private static async ValueTask AwaitForeignAsync(Loop loop, TaskCompletionSource<(bool, int, bool)> done)
    {
        bool before = loop.IsCurrent;
        int worker = await Task.Run(() => Environment.CurrentManagedThreadId);
        bool after = loop.IsCurrent;
        done.SetResult((before, worker == Environment.CurrentManagedThreadId ? 0 : worker, after));
    }
}
