using System.Threading.Channels;

namespace Weir.Net.Loops;

/// <summary>
/// Threads for what would hold up a loop for over a millisecond: files, password hashes, parsing of lists. Bounded: a full queue refuses.
/// </summary>
public sealed class WorkerPool : IDisposable
{
    private readonly Channel<Action> _queue;
    private readonly Thread[] _threads;
    private long _refusals;

    /// <summary>A pool of that many threads with a queue of that length.</summary>
    public WorkerPool(int threads, int queueLength)
    {
        _queue = Channel.CreateBounded<Action>(new BoundedChannelOptions(queueLength) { FullMode = BoundedChannelFullMode.Wait });
        _threads = new Thread[threads];
        for (int i = 0; i < threads; i++)
        {
            _threads[i] = new Thread(Work) { Name = $"weir-worker-{i}", IsBackground = true };
            _threads[i].Start();
        }
    }

    /// <summary>How often the queue was full.</summary>
    public long Refusals => Volatile.Read(ref _refusals);

    /// <summary>Runs something on a worker; false when the queue is full. Awaited on a loop, the task resumes there.</summary>
    public bool TryRun<T>(Func<T> work, out Task<T> task)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool isQueued = _queue.Writer.TryWrite(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception exception)
            {
                // The caller's work: the caller gets its exception.
                done.SetException(exception);
            }
        });
        task = done.Task;
        if (!isQueued)
        {
            Interlocked.Increment(ref _refusals);
        }

        return isQueued;
    }

    /// <summary>Ends the threads after what is queued.</summary>
    public void Dispose()
    {
        _queue.Writer.TryComplete();
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private void Work()
    {
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_queue.Reader.TryRead(out Action? action))
            {
                action();
            }
        }
    }
}
