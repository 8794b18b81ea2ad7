namespace Weir.Abstractions.Options;

/// <summary>Octets in a second, written 240B/s, 64KiB/s.</summary>
/// <param name="OctetsPerSecond">Octets in a second.</param>
public readonly record struct ByteRate(long OctetsPerSecond)
{
    /// <inheritdoc/>
    public override string ToString() => new ByteSize(OctetsPerSecond) + "/s";
}
