namespace Weir.Cache.Purging;

/// <summary>What became of purges that were asked for.</summary>
/// <param name="Number">The number of the last of them; 0: refused.</param>
/// <param name="Refusal">Why they are refused; null: they are in force, and durable where there is a log.</param>
public readonly record struct PurgeReceipt(ulong Number, string? Refusal)
{
    /// <summary>Whether they are in force.</summary>
    public bool IsDone => Refusal is null;
}
