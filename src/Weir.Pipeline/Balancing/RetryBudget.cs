namespace Weir.Pipeline.Balancing;

/// <summary>
/// Keeps retries from multiplying the load of servers that are in trouble: each first try earns a share of a retry, each retry costs a
/// whole one. First tries are counted per loop without atomics; only a retry adds them up.
/// </summary>
public sealed class RetryBudget
{
    // Enough for a quiet upstream to retry at all, and for a burst behind a deploy.
    private const long ReserveMilli = 10_000;
    private const long CeilingMilli = 1_000_000;

    // One cache line a loop.
    private const int Padding = 8;

    private readonly Lock _lock = new();
    private readonly long[] _firstTries;
    private double _share;
    private long _settled;
    private long _milli = ReserveMilli;

    /// <summary>A budget over that many loops.</summary>
    public RetryBudget(int loops, double share)
    {
        _firstTries = new long[loops * Padding];
        _share = share;
    }

    /// <summary>What each first try earns of a retry, 0 to 1.</summary>
    public double Share
    {
        get => Volatile.Read(ref _share);
        set => Volatile.Write(ref _share, value);
    }

    /// <summary>Counts a first try; on its loop.</summary>
    public void OnFirstTry(int loop) => _firstTries[loop * Padding]++;

    /// <summary>Pays for one retry; false when the budget is spent.</summary>
    public bool TrySpend()
    {
        lock (_lock)
        {
            long total = 0;
            for (int i = 0; i < _firstTries.Length; i += Padding)
            {
                total += Volatile.Read(ref _firstTries[i]);
            }

            _milli = Math.Min(_milli + (long)((total - _settled) * Share * 1000), CeilingMilli);
            _settled = total;
            if (_milli < 1000)
            {
                return false;
            }

            _milli -= 1000;
            return true;
        }
    }
}
