namespace Weir.Http.Http1;

/// <summary>The bounds of a chunked body's framing.</summary>
/// <param name="ExtensionOctets">
/// Octets of one chunk line's extensions; also how far overhead may run ahead of content in the whole body.
/// </param>
/// <param name="TrailerOctets">Octets of the trailer section, its closing empty line included.</param>
/// <param name="TrailerCount">Field lines in the trailer section, dropped ones included.</param>
public readonly record struct ChunkLimits(int ExtensionOctets, int TrailerOctets, int TrailerCount)
{
    /// <summary>Generous for any real peer.</summary>
    public static ChunkLimits Default => new(4 * 1024, 8 * 1024, 64);
}
