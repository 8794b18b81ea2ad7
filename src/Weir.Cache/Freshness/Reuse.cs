namespace Weir.Cache.Freshness;

/// <summary>What may be done with a stored response that a request selects.</summary>
public enum Reuse : byte
{
    /// <summary>It is served.</summary>
    Fresh,

    /// <summary>It is stale, and served because the client takes it so (max-stale).</summary>
    StaleForClient,

    /// <summary>It is served, and validated beside (stale-while-revalidate).</summary>
    StaleWhileRevalidate,

    /// <summary>It is validated first, because it is stale.</summary>
    Validate,

    /// <summary>It is validated first, because the client asks for it.</summary>
    ValidateForClient,
}
