namespace Weir.Modules.Maintenance;

/// <summary>A moment in a schedule; times are milliseconds since 1970 UTC.</summary>
/// <param name="Stage">Where it lies.</param>
/// <param name="UntilMs">When the stage ends; <see cref="long.MaxValue"/> when it never does, or nobody asks.</param>
/// <param name="LastEndMs">When the last window ended; <see cref="long.MinValue"/> when none has.</param>
internal readonly record struct MaintenanceMoment(MaintenanceStage Stage, long UntilMs, long LastEndMs);
