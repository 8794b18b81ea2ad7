namespace Weir.Cache.Collapsing;

/// <summary>What became of the first request for a key, for those that wait for it.</summary>
public enum FillOutcome : byte
{
    /// <summary>Its response is theirs too.</summary>
    Shared,

    /// <summary>Its response is its own: each goes its own way.</summary>
    Unshared,

    /// <summary>What is stored is good again, or there now.</summary>
    Stored,

    /// <summary>There is no response.</summary>
    Failed,
}
