using Weir.Abstractions.Options;

namespace Weir.AutomaticHttps;

/// <summary>How many names may begin to get a certificate in a time: a bucket that refills evenly. Any thread.</summary>
internal sealed class IssuanceRate
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _clock;
    private double _tokens = double.MaxValue;
    private long _filledAt;

    public IssuanceRate(TimeProvider clock)
    {
        _clock = clock;
        _filledAt = clock.GetTimestamp();
    }

    /// <summary>Takes one. False: there is none left for now.</summary>
    public bool TryTake(Rate rate)
    {
        lock (_lock)
        {
            double came = _clock.GetElapsedTime(_filledAt).TotalSeconds * rate.PerSecond;
            _filledAt = _clock.GetTimestamp();
            _tokens = Math.Min(Math.Min(_tokens, rate.Count) + came, Math.Max(rate.Count, 1));
            if (_tokens < 1)
            {
                return false;
            }

            _tokens--;
            return true;
        }
    }
}
