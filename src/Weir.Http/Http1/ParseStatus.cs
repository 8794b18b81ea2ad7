namespace Weir.Http.Http1;

/// <summary>How far a head parser came.</summary>
public enum ParseStatus : byte
{
    /// <summary>The head is complete and sound.</summary>
    Complete,

    /// <summary>Nothing is wrong so far; more octets are needed.</summary>
    NeedMore,

    /// <summary>The head is refused: answer with the reason's status and close the connection.</summary>
    Rejected,
}
