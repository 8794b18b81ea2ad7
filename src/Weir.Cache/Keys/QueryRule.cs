namespace Weir.Cache.Keys;

/// <summary>Which parameters of the query are part of a key.</summary>
public enum QueryRule : byte
{
    /// <summary>All of them.</summary>
    All,

    /// <summary>None.</summary>
    None,

    /// <summary>All but those that are named.</summary>
    Ignore,

    /// <summary>Those that are named.</summary>
    Keep,
}
