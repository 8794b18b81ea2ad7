namespace Weir.Pipeline.Balancing;

/// <summary>Which of an upstream's servers are candidates.</summary>
public enum CandidateTier : byte
{
    /// <summary>The well ones that are no backups.</summary>
    Primaries,

    /// <summary>The well backups: no other server is.</summary>
    Backups,

    /// <summary>Panic: every server that an operator has left ready, well or not.</summary>
    Everyone,
}
