namespace Weir.Cache.Freshness;

/// <summary>What a Range field asks of a representation (RFC 9110 section 14).</summary>
public enum RangeOutcome : byte
{
    /// <summary>All of it: there is no Range, or none that counts.</summary>
    Whole,

    /// <summary>One part, or several.</summary>
    Parts,

    /// <summary>Nothing that is there: 416.</summary>
    Unsatisfiable,
}
