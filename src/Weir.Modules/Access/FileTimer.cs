namespace Weir.Modules.Access;

/// <summary>
/// Polls something as long as somebody uses it. It runs on a thread of the platform's pool, where reading and sorting a million
/// lines holds up nobody; loops are threads of their own.
/// </summary>
internal sealed class FileTimer : IDisposable
{
    // A change is in force after two polls at most three seconds later. FileSystemWatcher would be quicker, but is silent on network file
    // systems and for the links that container platforms swap.
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    private readonly WeakReference<IPolled> _polled;
    private readonly Timer _timer;

    /// <summary>Begins to poll. Something that nobody refers to any more, because its plan was never used, ends it too.</summary>
    public FileTimer(IPolled polled)
    {
        _polled = new WeakReference<IPolled>(polled);
        _timer = new Timer(_ => Tick(), null, _interval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends it; a poll that runs comes to its end.</summary>
    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        if (!_polled.TryGetTarget(out IPolled? polled))
        {
            _timer.Dispose();
            return;
        }

        polled.Poll();
        try
        {
            _timer.Change(_interval, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // Disposed during the poll: it was the last one.
        }
    }
}
