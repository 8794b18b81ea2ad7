namespace Weir.Cache.Purging;

/// <summary>What became of purges that were asked for.</summary>
/// <param name="Number">The number of the last of them; 0: refused.</param>
/// <param name="Refusal">Why they are refused; null: they are in force.</param>
/// <param name="NotOnDisk">Why a crash would bring back what they touched, though they are in force; null: it would not, where there is a
/// log.</param>
public readonly record struct PurgeReceipt(ulong Number, string? Refusal, string? NotOnDisk = null)
{
    /// <summary>Whether they are in force.</summary>
    public bool IsDone => Refusal is null;
}
