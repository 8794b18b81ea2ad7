namespace Weir.Modules.Challenge;

/// <summary>What a stamp is for. One of a kind is never taken for another: its seal covers the kind.</summary>
internal enum StampKind : byte
{
    /// <summary>A puzzle, to be solved.</summary>
    Puzzle = 1,

    /// <summary>The begin of a wait, for who has no JavaScript.</summary>
    Wait = 2,

    /// <summary>A pass.</summary>
    Pass = 3,
}
