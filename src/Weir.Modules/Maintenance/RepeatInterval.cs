namespace Weir.Modules.Maintenance;

/// <summary>How often a window comes back.</summary>
public enum RepeatInterval
{
    /// <summary>Once.</summary>
    None,

    /// <summary>Every 24 hours.</summary>
    Daily,

    /// <summary>Every 7 days.</summary>
    Weekly,
}
