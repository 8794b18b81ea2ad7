namespace Weir.Abstractions.Heads;

/// <summary>A place in the arena of a <see cref="HeaderFields"/>.</summary>
/// <param name="Offset">Octets from the arena's start.</param>
/// <param name="Length">Octets.</param>
public readonly record struct ByteSlice(int Offset, int Length)
{
    /// <summary>Whether it holds nothing.</summary>
    public bool IsEmpty => Length == 0;
}
