namespace Weir.Pipeline.Balancing;

/// <summary>
/// Whether an upstream panics, as one fact for all loops: each sees the servers for itself and a moment apart, and a change must be
/// reported once. Guarded by its lock; reading takes none.
/// </summary>
internal sealed class PanicAlarm
{
    private readonly Lock _lock = new();
    private volatile bool _isOn;
    private long _turnedMs;

    public bool IsOn => _isOn;

    /// <summary>True: it turns, by this call. Who looked before the last turn is out of date and turns nothing back.</summary>
    public bool TryTurn(bool isOn, long seenMs)
    {
        lock (_lock)
        {
            if (_isOn == isOn || seenMs < _turnedMs)
            {
                return false;
            }

            _isOn = isOn;
            _turnedMs = seenMs;
            return true;
        }
    }
}
