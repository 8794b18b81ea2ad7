namespace Weir.Modules.Concurrency;

/// <summary>What a count of keys says to an exchange.</summary>
internal enum Entry : byte
{
    /// <summary>It is counted.</summary>
    Counted,

    /// <summary>Its key has as many as it may, or others of it wait.</summary>
    Full,

    /// <summary>The table is crowded where its key belongs: it passes without being counted.</summary>
    Uncounted,
}
