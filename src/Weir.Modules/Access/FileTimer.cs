namespace Weir.Modules.Access;

/// <summary>Asks a list again and again whether its files have changed, as long as somebody uses the list.</summary>
internal sealed class FileTimer : IDisposable
{
    private readonly WeakReference<WatchedList> _list;
    private readonly TimeSpan _interval;
    private readonly Timer _timer;

    private FileTimer(WeakReference<WatchedList> list, TimeSpan interval)
    {
        _list = list;
        _interval = interval;
        _timer = new Timer(_ => Tick(), null, interval, Timeout.InfiniteTimeSpan);
    }

    public static void Start(WeakReference<WatchedList> list, TimeSpan interval) => _ = new FileTimer(list, interval);

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        if (!_list.TryGetTarget(out WatchedList? list))
        {
            Dispose();
            return;
        }

        try
        {
            list.Refresh();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The list in force stays; the next tick looks again.
        }

        _timer.Change(_interval, Timeout.InfiniteTimeSpan);
    }
}
