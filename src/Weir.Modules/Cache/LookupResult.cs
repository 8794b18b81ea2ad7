namespace Weir.Modules.Cache;

/// <summary>What a look into the store brought.</summary>
internal enum LookupResult : byte
{
    /// <summary>A response, which is held now.</summary>
    Found,

    /// <summary>The head of a response that is kept in slices; it is held now.</summary>
    Sliced,

    /// <summary>Nothing for this URI.</summary>
    UriMiss,

    /// <summary>Responses for this URI, but none that this request selects.</summary>
    VaryMiss,

    /// <summary>The note that responses are not shared.</summary>
    Unshared,

    /// <summary>The key would be too long.</summary>
    NoKey,
}
