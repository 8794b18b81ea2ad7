using Weir.Net.Buffers;
using Weir.Net.Connections;
using Weir.Net.Loops;
using Weir.Net.Memory;
using Weir.Net.Time;

namespace Weir.Net.Tests.Testing;

/// <summary>A loop that the test turns by hand, with a clock that it moves; checks at its end that nothing leaked.</summary>
internal sealed class TestLoop : IDisposable
{
    public TestLoop(bool isInMemory = true, long budgetOctets = 64 << 20)
    {
        Budget = new BufferBudget(budgetOctets);
        Loop = new Loop(0, Budget, Clock, Observer, isInMemory);
        Loop.RunUntilIdle();
    }

    public FakeClock Clock { get; } = new();

    public RecordingObserver Observer { get; } = new();

    public BufferBudget Budget { get; }

    public Loop Loop { get; }

    public MemoryConnection Connect() => new(Loop);

    public void Turn() => Loop.RunUntilIdle();

    public void Advance(int ms)
    {
        Clock.Advance(ms);
        Loop.RunUntilIdle();
    }

    /// <summary>Turns until a condition holds, for what the kernel brings in its own time.</summary>
    public void TurnUntil(Func<bool> condition)
    {
        long deadline = System.Diagnostics.Stopwatch.GetTimestamp() + (20 * System.Diagnostics.Stopwatch.Frequency);
        while (!condition())
        {
            (System.Diagnostics.Stopwatch.GetTimestamp() < deadline).ShouldBeTrue("The condition did not come true within 20 s.");
            Loop.RunUntilIdle();
            Thread.Yield();
        }
    }

    public T Result<T>(ValueTask<T> task)
    {
        Task<T> whole = task.AsTask();
        TurnUntil(() => whole.IsCompleted);
        return whole.GetAwaiter().GetResult();
    }

    public ReadStatus Read(Connection connection, int timeoutMs = Connection.NoTimeout) => Result(connection.ReadAsync(timeoutMs));

    public void Dispose()
    {
        Loop.SmallBuffers.RentedCount.ShouldBe(0, "A small buffer leaked.");
        Loop.LargeBuffers.RentedCount.ShouldBe(0, "A large buffer leaked.");
        Loop.PolledCount.ShouldBe(0, "A descriptor leaked.");
        Loop.Dispose();
        Budget.UsedOctets.ShouldBe(0);
    }
}
