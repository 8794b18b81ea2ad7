// Hot: asked for each request that passes the stack.
namespace Weir.Modules.Maintenance;

/// <summary>The windows of a module, as a function of time. Immutable; without windows it is closed for ever.</summary>
internal sealed class MaintenanceSchedule
{
    private readonly MaintenanceWindow[] _windows;
    private readonly long _drainMs;

    public MaintenanceSchedule(MaintenanceWindow[] windows, long drainMs)
    {
        _windows = windows;
        _drainMs = drainMs;
    }

    /// <summary>Where the schedule stands at a time.</summary>
    public MaintenanceMoment At(long unixMs)
    {
        if (_windows.Length == 0)
        {
            return new MaintenanceMoment(MaintenanceStage.Closed, long.MaxValue, long.MinValue);
        }

        long closedUntil = long.MinValue;
        long opensUntil = long.MaxValue;
        long lastEnd = long.MinValue;
        foreach (MaintenanceWindow window in _windows)
        {
            if (window.TryGetLatest(unixMs, out long from))
            {
                long end = from + window.LengthMs;
                closedUntil = end > unixMs ? Math.Max(closedUntil, end) : closedUntil;
                lastEnd = end <= unixMs ? Math.Max(lastEnd, end) : Math.Max(lastEnd, window.EndBefore(from));
            }

            opensUntil = Math.Min(opensUntil, window.NextAfter(unixMs));
        }

        if (closedUntil > unixMs)
        {
            return new MaintenanceMoment(MaintenanceStage.Closed, closedUntil, lastEnd);
        }

        bool isDraining = opensUntil != long.MaxValue && opensUntil - unixMs <= _drainMs;
        return new MaintenanceMoment(isDraining ? MaintenanceStage.Draining : MaintenanceStage.Open, opensUntil, lastEnd);
    }
}
