namespace Weir.Modules.Filter;

/// <summary>Whether rules act.</summary>
public enum FilterMode : byte
{
    /// <summary>They do.</summary>
    Enforce,

    /// <summary>They are only counted.</summary>
    Count,
}
