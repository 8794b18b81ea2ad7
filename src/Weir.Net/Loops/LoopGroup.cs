using Weir.Net.Buffers;
using Weir.Net.Time;

namespace Weir.Net.Loops;

/// <summary>The loops of the process and their threads. Their number is fixed for life.</summary>
public sealed class LoopGroup : IDisposable
{
    private readonly Loop[] _loops;
    private readonly Thread[] _threads;

    /// <summary>Makes the loops; <see cref="Start"/> makes them turn.</summary>
    public LoopGroup(int count, BufferBudget budget, ILoopObserver? observer, LoopClock? clock = null)
    {
        _loops = new Loop[count];
        _threads = new Thread[count];
        for (int i = 0; i < count; i++)
        {
            Loop loop = new(i, budget, clock, observer);
            _loops[i] = loop;
            _threads[i] = new Thread(loop.Run, 1 << 20) { Name = $"weir-loop-{i}", IsBackground = true };
        }
    }

    /// <summary>The loops.</summary>
    public IReadOnlyList<Loop> Loops => _loops;

    /// <summary>Starts the threads.</summary>
    public void Start()
    {
        foreach (Thread thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>Runs something on each loop and completes when all have run it.</summary>
    public Task RunOnEachAsync(Action<Loop> action)
    {
        Task[] tasks = Array.ConvertAll(_loops, loop => RunOnAsync(loop, action));
        return Task.WhenAll(tasks);
    }

    /// <summary>Ends the loops and waits for their threads.</summary>
    public void Dispose()
    {
        foreach (Loop loop in _loops)
        {
            loop.Stop();
        }

        foreach (Thread thread in _threads)
        {
            if (thread.IsAlive)
            {
                thread.Join();
            }
        }

        foreach (Loop loop in _loops)
        {
            loop.Dispose();
        }
    }

    private static Task RunOnAsync(Loop loop, Action<Loop> action)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() =>
        {
            try
            {
                action(loop);
                done.SetResult();
            }
            catch (Exception exception)
            {
                // The caller's action, not the loop's: the caller gets it.
                done.SetException(exception);
            }
        });
        return done.Task;
    }
}
