namespace Weir.Streams;

/// <summary>A bucket for frames that make work and bring nothing: so many at once, and so many a second afterwards.</summary>
public struct FrameBudget
{
    private readonly int _burst;
    private readonly int _perSecond;
    private int _spent;
    private long _sinceMs;

    /// <summary>A full bucket.</summary>
    public FrameBudget(int burst, int perSecond)
    {
        _burst = burst;
        _perSecond = perSecond;
    }

    /// <summary>Counts one. False: too many.</summary>
    public bool TrySpend(long nowMs)
    {
        if (_spent < _burst)
        {
            if (_spent++ == 0)
            {
                _sinceMs = nowMs;
            }

            return true;
        }

        long back = (nowMs - _sinceMs) * _perSecond / 1000;
        _sinceMs = nowMs;
        _spent = (int)Math.Max(0, _spent - back) + 1;
        return _spent <= _burst;
    }
}
