namespace Weir.Cache.Disk;

/// <summary>
/// The threads that wait for the disk, so that no loop does. As many as a disk is asked at once; who comes while too many wait is sent
/// away.
/// </summary>
internal sealed class DiskReaders : IDisposable
{
    private const int ThreadCount = 8;
    private const int MostWaiting = 2048;
    private const int StackOctets = 256 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<ReadJob> _jobs = new();
    private readonly SemaphoreSlim _signal = new(0);
    private readonly List<Thread> _threads = [];
    private readonly string _name;
    private int _idle;
    private bool _isClosed;

    public DiskReaders(string name) => _name = name;

    /// <summary>Hands a job over; false: too many wait, or the tier is closed.</summary>
    public bool TryAdd(ReadJob job)
    {
        lock (_gate)
        {
            if (_isClosed || _jobs.Count >= MostWaiting)
            {
                return false;
            }

            _jobs.Enqueue(job);
            if (_idle < _jobs.Count && _threads.Count < ThreadCount)
            {
                Thread thread = new(Run, StackOctets) { Name = $"weir-disk-{_name}", IsBackground = true };
                _threads.Add(thread);
                thread.Start();
            }
        }

        _signal.Release();
        return true;
    }

    /// <summary>Takes nothing more; what was taken is done.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
        }

        _signal.Release(ThreadCount);
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        _signal.Dispose();
    }

    private void Run()
    {
        EntryBuffer room = new();
        while (Next() is { } job)
        {
            try
            {
                job.Run(room);
            }
            catch (Exception)
            {
                // A defect costs one look at the disk, not the process: whoever waits goes on without it.
                job.Fail();
            }
        }
    }

    private ReadJob? Next()
    {
        Interlocked.Increment(ref _idle);
        _signal.Wait();
        Interlocked.Decrement(ref _idle);
        lock (_gate)
        {
            return _jobs.TryDequeue(out ReadJob? job) ? job : null;
        }
    }
}
