using Weir.Abstractions.Exchanges;

namespace Weir.Shedding;

/// <summary>
/// Decides what is turned away, from one sample a period. The order, always: new connections from the heaviest ranges of addresses, of
/// smaller and smaller shares while it does not help; then requests of low priority. Two samples in a row over a threshold begin it
/// (memory: one), two more bring the next level; four in a row well below all thresholds take one level back. In between nothing changes.
/// One thread uses it.
/// </summary>
internal sealed class OverloadJudge
{
    /// <summary>The share of all connections that makes a range heavy at first: one of four.</summary>
    public const int FirstDivisor = 4;

    /// <summary>And at last.</summary>
    public const int LastDivisor = 16;

    // A threshold that is passed and missed by a hair would switch with every sample.
    private const double CalmShare = 0.8;
    private const int SamplesToBegin = 2;
    private const int SamplesToRise = 2;
    private const int SamplesToFall = 4;

    private int _over;
    private int _calm;

    /// <summary>What is turned away.</summary>
    public LoadLevel Level { get; private set; }

    /// <summary>A range is heavy with more than one of so many connections.</summary>
    public int HeavyDivisor { get; private set; } = 1;

    /// <summary>The threshold that is passed, or was last.</summary>
    public OverloadCause Cause { get; private set; }

    /// <summary>Judges a sample. True: the level is another one.</summary>
    public bool Judge(in OverloadSample sample, OverloadPolicy policy)
    {
        LoadLevel before = Level;
        if (policy.IsOff)
        {
            Reset();
            return Level != before;
        }

        if (Over(sample, policy, 1) is not OverloadCause.None and var cause)
        {
            _calm = 0;
            _over++;
            Cause = cause;
            Rise();
        }
        else
        {
            _over = 0;
            _calm = Over(sample, policy, CalmShare) == OverloadCause.None ? _calm + 1 : 0;
            Fall();
        }

        return Level != before;
    }

    private static OverloadCause Over(in OverloadSample sample, OverloadPolicy policy, double share) =>
        sample.MemoryShare >= policy.MemoryShare * share ? OverloadCause.Memory
        : sample.LagMs >= policy.LagMs * share ? OverloadCause.Lag
        : sample.QueueMs >= policy.QueueMs * share ? OverloadCause.Queue
        : OverloadCause.None;

    private void Rise()
    {
        if (Level == LoadLevel.Normal)
        {
            // A pause of the collector makes one long turn; memory does not come back by waiting.
            if (_over >= SamplesToBegin || Cause == OverloadCause.Memory)
            {
                Level = LoadLevel.HeavyClients;
                HeavyDivisor = FirstDivisor;
                _over = 0;
            }

            return;
        }

        HeavyDivisor = Math.Min(HeavyDivisor * 2, LastDivisor);
        if (_over >= SamplesToRise)
        {
            Level = LoadLevel.LowPriority;
        }
    }

    private void Fall()
    {
        if (Level == LoadLevel.Normal || _calm < SamplesToFall)
        {
            return;
        }

        _calm = 0;
        Level--;
        if (Level == LoadLevel.Normal)
        {
            Reset();
        }
    }

    private void Reset()
    {
        Level = LoadLevel.Normal;
        HeavyDivisor = 1;
        Cause = OverloadCause.None;
        _over = 0;
        _calm = 0;
    }
}
