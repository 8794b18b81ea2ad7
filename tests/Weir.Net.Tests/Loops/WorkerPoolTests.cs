using Weir.Net.Loops;

namespace Weir.Net.Tests.Loops;

public sealed class WorkerPoolTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Work_runs_elsewhere_and_its_result_comes_back()
    {
        using WorkerPool pool = new(2, 8);
        pool.TryRun(() => Environment.CurrentManagedThreadId, out Task<int> task).ShouldBeTrue();
        (await task.WaitAsync(_limit)).ShouldNotBe(Environment.CurrentManagedThreadId);
    }

    [Fact]
    public async Task An_exception_of_the_work_comes_back_and_the_worker_lives_on()
    {
        using WorkerPool pool = new(1, 8);
        pool.TryRun<int>(() => throw new InvalidOperationException("work"), out Task<int> task).ShouldBeTrue();
        await Should.ThrowAsync<InvalidOperationException>(() => task.WaitAsync(_limit));
        pool.TryRun(() => 7, out Task<int> next).ShouldBeTrue();
        (await next.WaitAsync(_limit)).ShouldBe(7);
    }

    [Fact]
    public async Task A_full_queue_refuses_and_counts_it()
    {
        using ManualResetEventSlim gate = new();
        using WorkerPool pool = new(1, 2);
        using ManualResetEventSlim started = new();
        pool.TryRun(() => { started.Set(); return gate.Wait(_limit); }, out Task<bool> running).ShouldBeTrue();
        started.Wait(_limit).ShouldBeTrue();
        pool.TryRun(() => true, out Task<bool> first).ShouldBeTrue();
        pool.TryRun(() => true, out Task<bool> second).ShouldBeTrue();
        pool.TryRun(() => true, out _).ShouldBeFalse();
        pool.Refusals.ShouldBe(1);
        gate.Set();
        (await running.WaitAsync(_limit) & await first.WaitAsync(_limit) & await second.WaitAsync(_limit)).ShouldBeTrue();
        pool.TryRun(() => true, out Task<bool> later).ShouldBeTrue();
        (await later.WaitAsync(_limit)).ShouldBeTrue();
    }

    [Fact]
    public void What_is_queued_runs_before_the_pool_ends()
    {
        int runs = 0;
        using (WorkerPool pool = new(1, 100))
        {
            for (int i = 0; i < 50; i++)
            {
                pool.TryRun(() => Interlocked.Increment(ref runs), out _).ShouldBeTrue();
            }
        }

        runs.ShouldBe(50);
    }
}
