namespace Weir.Modules.Challenge;

/// <summary>What a stamp says whose seal is good.</summary>
/// <param name="Bits">The work: of a puzzle, to be done; of a pass, that was done. 0: a wait.</param>
/// <param name="IssuedAt">When it was issued, in seconds since 1970.</param>
/// <param name="Id">What tells it from all others, which its holder cannot choose.</param>
internal readonly record struct Stamp(int Bits, long IssuedAt, ulong Id);
