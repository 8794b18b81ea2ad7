namespace Weir.Modules.Maintenance;

/// <summary>Where a schedule stands.</summary>
internal enum MaintenanceStage : byte
{
    /// <summary>Outside of all windows.</summary>
    Open,

    /// <summary>A window is about to begin.</summary>
    Draining,

    /// <summary>Within a window.</summary>
    Closed,
}
