using Weir.Cache.Freshness;

namespace Weir.Cache.Statistics;

/// <summary>The words for outcomes in reports and metrics: stable.</summary>
public static class CacheOutcomes
{
    /// <summary>The word of an outcome.</summary>
    public static string Word(CacheOutcome outcome) => outcome switch
    {
        CacheOutcome.Hit => "hit",
        CacheOutcome.Stale => "stale",
        CacheOutcome.StandIn => "stand-in",
        CacheOutcome.Validated => "validated",
        CacheOutcome.Followed => "followed",
        _ => "forwarded",
    };

    /// <summary>What Cache-Status says about one request.</summary>
    public static CacheOutcome Of(in CacheStatus status)
    {
        if (status.IsStandIn)
        {
            return CacheOutcome.StandIn;
        }

        if (status.Forward == CacheForward.None)
        {
            return status.HasTimeToLive && status.TimeToLiveSeconds <= 0 ? CacheOutcome.Stale : CacheOutcome.Hit;
        }

        return status.IsCollapsed ? CacheOutcome.Followed
            : status.ForwardStatus == 304 && status.HasTimeToLive ? CacheOutcome.Validated
            : CacheOutcome.Forwarded;
    }
}
