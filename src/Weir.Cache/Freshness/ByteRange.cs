namespace Weir.Cache.Freshness;

/// <summary>Octets of a representation, by place.</summary>
/// <param name="Start">The first, from 0.</param>
/// <param name="Length">How many, at least 1.</param>
public readonly record struct ByteRange(long Start, long Length)
{
    /// <summary>The place behind the last.</summary>
    public long End => Start + Length;
}
