namespace Weir.Cache.Purging;

/// <summary>What purges make of a stored response.</summary>
public enum PurgeVerdict : byte
{
    /// <summary>None touches it.</summary>
    Untouched,

    /// <summary>It is stale since a time: it may be validated, and served where stale responses may be.</summary>
    Soft,

    /// <summary>It is gone.</summary>
    Hard,
}
