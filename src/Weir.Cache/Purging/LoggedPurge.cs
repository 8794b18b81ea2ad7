namespace Weir.Cache.Purging;

/// <summary>A purge with its number, as the log has it.</summary>
/// <param name="Number">Responses whose fetch began with a smaller number are touched.</param>
/// <param name="Kind">What it names.</param>
/// <param name="IsSoft">Whether it only makes stale.</param>
/// <param name="Seconds">When it was, in seconds since 1970.</param>
/// <param name="Name">The name of an exact one.</param>
/// <param name="Text">What one that is looked through says; empty: it is exact.</param>
internal readonly record struct LoggedPurge(ulong Number, PurgeKind Kind, bool IsSoft, uint Seconds, ulong Name, string Text)
{
    /// <summary>Whether it is found by its name, not by looking through all of its kind.</summary>
    public bool IsExact => Kind is not (PurgeKind.Prefix or PurgeKind.Where or PurgeKind.All);
}
