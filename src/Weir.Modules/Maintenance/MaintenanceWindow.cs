namespace Weir.Modules.Maintenance;

/// <summary>A window and its repetitions; times are milliseconds since 1970 UTC.</summary>
/// <param name="FirstMs">When it begins for the first time.</param>
/// <param name="LengthMs">How long it lasts.</param>
/// <param name="PeriodMs">The time between two beginnings; 0: it comes once.</param>
internal readonly record struct MaintenanceWindow(long FirstMs, long LengthMs, long PeriodMs)
{
    /// <summary>When the latest repetition began; false before the first.</summary>
    public bool TryGetLatest(long unixMs, out long fromMs)
    {
        fromMs = FirstMs;
        if (unixMs < FirstMs)
        {
            return false;
        }

        fromMs = PeriodMs == 0 ? FirstMs : FirstMs + ((unixMs - FirstMs) / PeriodMs * PeriodMs);
        return true;
    }

    /// <summary>When the next one begins; <see cref="long.MaxValue"/> when there is none.</summary>
    public long NextAfter(long unixMs)
    {
        if (unixMs < FirstMs)
        {
            return FirstMs;
        }

        return PeriodMs == 0 ? long.MaxValue : FirstMs + (((unixMs - FirstMs) / PeriodMs) + 1) * PeriodMs;
    }

    /// <summary>When the repetition before the one that begins at a time ended; <see cref="long.MinValue"/> when there is none.</summary>
    public long EndBefore(long fromMs) => PeriodMs == 0 || fromMs == FirstMs ? long.MinValue : fromMs - PeriodMs + LengthMs;
}
