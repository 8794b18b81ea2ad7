namespace Weir.Upstream.Resolving;

/// <summary>
/// One name in the resolver's table: its current snapshot, and the lookups that keep it fresh while somebody watches. Thread-safe: the
/// snapshot is swapped, the rest is guarded by one lock, and at most one lookup runs at a time.
/// </summary>
internal abstract class ResolutionEntry<T> : IDisposable
    where T : Resolution
{
    private readonly Lock _lock = new();
    private readonly NameResolverOptions _options;
    private readonly DnsCounters _counters;
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _timer;
    private T _current;
    private ResolutionWatch<T>[] _watches = [];
    private TaskCompletionSource<T>? _waiter;
    private bool _isRunning;
    private bool _isOutdated;
    private bool _isRetired;

    private protected ResolutionEntry(T initial, NameResolverOptions options, TimeProvider time, DnsCounters counters)
    {
        _current = initial;
        _options = options;
        _counters = counters;
        Time = time;
        _timer = time.CreateTimer(
            static entry => ((ResolutionEntry<T>)entry!).OnDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public T Current => Volatile.Read(ref _current);

    /// <summary>The running or last refresh, held so that it is not a discarded task; it never fails.</summary>
    public Task LastRefresh { get; private set; } = Task.CompletedTask;

    /// <summary>Whether a lookup runs, or its watchers are being told; when it has ended, the next one is timed.</summary>
    public bool IsRefreshing
    {
        get
        {
            lock (_lock)
            {
                return _isRunning;
            }
        }
    }

    protected TimeProvider Time { get; }

    public void Dispose()
    {
        lock (_lock)
        {
            _isRetired = true;
            _watches = [];
        }

        // Outside the lock: what waits for the token may go on in this very call.
        _stop.Cancel();
        _timer.Dispose();
        _stop.Dispose();
    }

    /// <summary>The snapshot; starts a lookup when it is missing or too old, without waiting for it.</summary>
    public T Get()
    {
        T current = Current;
        if (IsUsable(current))
        {
            return current;
        }

        lock (_lock)
        {
            Start();
        }

        return current;
    }

    /// <summary>The snapshot, after a lookup when it is missing or too old.</summary>
    public ValueTask<T> ResolveAsync()
    {
        T current = Current;
        if (IsUsable(current))
        {
            return new ValueTask<T>(current);
        }

        lock (_lock)
        {
            // RunContinuationsAsynchronously: whoever waits goes on elsewhere, not inside the lookup.
            _waiter ??= new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
            Task<T> task = _waiter.Task;
            Start();
            return new ValueTask<T>(task);
        }
    }

    /// <summary>Begins to keep the name fresh; null when the entry has just been taken out of the table.</summary>
    public ResolutionWatch<T>? TryWatch(Action<T>? onChanged, TimeSpan? refresh)
    {
        lock (_lock)
        {
            if (_isRetired)
            {
                return null;
            }

            ResolutionWatch<T> watch = new(this, onChanged, refresh);
            _watches = [.. _watches, watch];
            if (!_isRunning)
            {
                Arm();
            }

            return watch;
        }
    }

    public void Unwatch(ResolutionWatch<T> watch)
    {
        lock (_lock)
        {
            _watches = Array.FindAll(_watches, other => !ReferenceEquals(other, watch));
            if (_watches.Length == 0 && !_isRetired)
            {
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>What the answer was built on has changed: look again, now if somebody watches, else when it is next wanted.</summary>
    public void Outdate()
    {
        lock (_lock)
        {
            if (Current.IsFixed)
            {
                return;
            }

            _isOutdated = true;
            if (_watches.Length > 0)
            {
                Start();
            }
        }
    }

    /// <summary>Retires an entry that nobody watches and whose answer is older than its lifetime and <paramref name="grace"/>.</summary>
    public bool TryRetire(TimeSpan grace)
    {
        lock (_lock)
        {
            T current = Current;
            bool isOld = current.IsFixed || (!current.IsPending && Time.GetElapsedTime(current.TakenAt) > current.Ttl + grace);
            _isRetired = _isRetired || (isOld && _watches.Length == 0 && !_isRunning && _waiter is null);
            return _isRetired;
        }
    }

    protected abstract ValueTask<T> LookUpAsync(T previous, CancellationToken cancellation);

    protected abstract T Fail(T previous, DnsOutcome outcome, string detail);

    /// <summary>Whether watchers must hear of the step from one snapshot to the next.</summary>
    protected abstract bool HasChanged(T previous, T next);

    // A watched name is refreshed by its timer; between that and the answer the old one is served rather than waited for.
    private bool IsUsable(T current)
    {
        bool isWatched = Volatile.Read(ref _watches).Length > 0;
        return !current.IsPending
            && (isWatched || current.IsFixed || (!Volatile.Read(ref _isOutdated) && Time.GetElapsedTime(current.TakenAt) < current.Ttl));
    }

    private void OnDue()
    {
        lock (_lock)
        {
            if (_watches.Length > 0)
            {
                Start();
            }
        }
    }

    private void Start()
    {
        if (_isRetired && _waiter is not null)
        {
            _waiter.TrySetResult(Current);
            _waiter = null;
        }

        if (_isRunning || _isRetired)
        {
            return;
        }

        // A lookup starts on a worker thread even when a loop asks for it: opening sockets and reading files does not belong there.
        _isRunning = true;
        ThreadPool.UnsafeQueueUserWorkItem(static entry => entry.LastRefresh = entry.RefreshAsync(), this, preferLocal: false);
    }

    private async Task RefreshAsync()
    {
        T previous = Current;
        Volatile.Write(ref _isOutdated, false);
        T next = await LookUpSafelyAsync(previous);
        Volatile.Write(ref _current, next);
        TaskCompletionSource<T>? waiter;
        ResolutionWatch<T>[] watches;
        lock (_lock)
        {
            waiter = _waiter;
            _waiter = null;
            watches = _watches;
        }

        waiter?.TrySetResult(next);
        if (HasChanged(previous, next))
        {
            Notify(watches, next);
        }

        lock (_lock)
        {
            // Only now: watchers hear of one change after the other, never of two at once.
            _isRunning = false;
            if (_waiter is not null || (_isOutdated && _watches.Length > 0))
            {
                Start();
                return;
            }

            Arm();
        }
    }

    private async ValueTask<T> LookUpSafelyAsync(T previous)
    {
        try
        {
            using CancellationTokenSource deadline = new(_options.LookupTimeout, Time);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stop.Token);
            return await LookUpAsync(previous, either.Token);
        }
        catch (OperationCanceledException)
        {
            return Fail(previous, DnsOutcome.TimedOut, $"The lookup took longer than {_options.LookupTimeout.TotalSeconds:0} s.");
        }
        catch (ObjectDisposedException)
        {
            return Fail(previous, DnsOutcome.Failed, "The resolver has been stopped.");
        }
        catch (Exception e)
        {
            // The edge of the platform: whatever it throws becomes a failure of this lookup, and the name is retried.
            return Fail(previous, DnsOutcome.Failed, $"The lookup failed: {e.GetType().Name}: {e.Message}");
        }
    }

    private void Notify(ResolutionWatch<T>[] watches, T next)
    {
        foreach (ResolutionWatch<T> watch in watches)
        {
            if (!watch.TryNotify(next))
            {
                _counters.CountCallbackFailure();
            }
        }
    }

    private void Arm()
    {
        T current = Current;
        if (_watches.Length == 0 || _isRetired || current.IsFixed)
        {
            return;
        }

        if (current.IsPending || _isOutdated)
        {
            Start();
            return;
        }

        TimeSpan ttl = current.Ttl;
        foreach (ResolutionWatch<T> watch in _watches)
        {
            ttl = watch.Refresh < ttl ? watch.Refresh.Value : ttl;
        }

        // Within the last tenth of the lifetime: never beyond it, and names that were resolved together drift apart.
        TimeSpan due = ttl * (0.9 + (0.1 * _options.NextJitter()));
        TimeSpan delay = due - Time.GetElapsedTime(current.TakenAt);
        _timer.Change(delay > TimeSpan.Zero ? delay : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        // Read again: a thread that was suspended between the clock and the timer would otherwise refresh late.
        if (Time.GetElapsedTime(current.TakenAt) >= due)
        {
            Start();
        }
    }
}
