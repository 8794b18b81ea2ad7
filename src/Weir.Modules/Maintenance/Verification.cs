namespace Weir.Modules.Maintenance;

/// <summary>
/// Whether the origin has shown, since a window ended, that it works. Shared by all loops and atomic. One question at a time; good answers
/// in a row end it.
/// </summary>
internal sealed class Verification
{
    // Windows that ended long before this process saw a request are not its business: whoever was closed for them is open again.
    private const long RecentMs = 3_600_000;

    private readonly int _rise;
    private readonly long _intervalMs;
    private long _firstSeenMs;
    private long _verifiedEndMs = long.MinValue;
    private long _nextMs;
    private int _isAsking;
    private int _successes;

    public Verification(int rise, long intervalMs)
    {
        _rise = rise;
        _intervalMs = intervalMs;
    }

    /// <summary>Whether the window that ended at a time still keeps visitors out.</summary>
    public bool IsNeeded(long endMs, long nowMs)
    {
        if (endMs == long.MinValue || endMs <= Volatile.Read(ref _verifiedEndMs))
        {
            return false;
        }

        Interlocked.CompareExchange(ref _firstSeenMs, nowMs, 0);
        return endMs > Volatile.Read(ref _firstSeenMs) - RecentMs;
    }

    /// <summary>Whether the caller may ask now; then it must call <see cref="OnAnswer"/>.</summary>
    public bool TryBegin(long nowMs)
    {
        if (nowMs < Volatile.Read(ref _nextMs) || Interlocked.Exchange(ref _isAsking, 1) != 0)
        {
            return false;
        }

        Volatile.Write(ref _nextMs, nowMs + _intervalMs);
        return true;
    }

    /// <summary>Notes an answer. True: that was the last one needed.</summary>
    public bool OnAnswer(bool isGood, long endMs)
    {
        _successes = isGood ? _successes + 1 : 0;
        bool isDone = _successes >= _rise;
        if (isDone)
        {
            _successes = 0;
            Volatile.Write(ref _nextMs, 0);
            Volatile.Write(ref _verifiedEndMs, endMs);
        }

        Volatile.Write(ref _isAsking, 0);
        return isDone;
    }
}
