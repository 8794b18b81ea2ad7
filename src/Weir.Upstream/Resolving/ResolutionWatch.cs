namespace Weir.Upstream.Resolving;

/// <summary>Keeps a name fresh until disposed. Thread-safe.</summary>
public sealed class ResolutionWatch<T> : IDisposable
    where T : Resolution
{
    private readonly ResolutionEntry<T> _entry;
    private readonly Action<T>? _onChanged;
    private bool _isDisposed;

    internal ResolutionWatch(ResolutionEntry<T> entry, Action<T>? onChanged, TimeSpan? refresh)
    {
        _entry = entry;
        _onChanged = onChanged;
        Refresh = refresh;
    }

    /// <summary>What is known now: one volatile read, fit for loops.</summary>
    public T Current => _entry.Current;

    internal bool IsRefreshing => _entry.IsRefreshing;

    /// <summary>The upper bound of the lifetime that this watcher accepts; null for what the servers say.</summary>
    internal TimeSpan? Refresh { get; }

    /// <summary>What is known, after the first lookup if that has not ended.</summary>
    public ValueTask<T> ResolveAsync() => _entry.ResolveAsync();

    /// <inheritdoc/>
    public void Dispose()
    {
        Volatile.Write(ref _isDisposed, true);
        _entry.Unwatch(this);
    }

    /// <summary>False when the callback threw: one that fails must end neither the refresh nor the other watchers.</summary>
    internal bool TryNotify(T resolution)
    {
        try
        {
            if (!Volatile.Read(ref _isDisposed))
            {
                _onChanged?.Invoke(resolution);
            }

            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
