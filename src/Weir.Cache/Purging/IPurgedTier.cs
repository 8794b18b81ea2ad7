namespace Weir.Cache.Purging;

/// <summary>A store whose records purges touch.</summary>
public interface IPurgedTier
{
    /// <summary>
    /// The number up to which every purge has been carried out on all its records, so that none comes back, not even after a crash. Purges
    /// up to the smallest of all tiers are forgotten in time. Asked by any thread; never goes back.
    /// </summary>
    ulong SettledUntil { get; }

    /// <summary>
    /// Whether it carries purges out within seconds. Where too many have come, what such a store has not carried out makes new ones be
    /// refused; one that takes its time (a disk) has purges forgotten under it, and then counts older records as purged.
    /// </summary>
    bool IsPrompt { get; }

    /// <summary>
    /// Carries purges out on some records that nobody asks for; one thread at a time. False: there is nothing left to do.
    /// </summary>
    bool CarryOutSome() => false;
}
