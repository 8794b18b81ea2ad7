namespace Weir.Abstractions.Options;

/// <summary>A number of octets, written with its unit: 512B, 64KiB, 10MiB, 1GiB.</summary>
/// <param name="Octets">Octets.</param>
public readonly record struct ByteSize(long Octets)
{
    /// <summary>Kibibytes.</summary>
    public static ByteSize KiB(long count) => new(count << 10);

    /// <summary>Mebibytes.</summary>
    public static ByteSize MiB(long count) => new(count << 20);

    /// <summary>Gibibytes.</summary>
    public static ByteSize GiB(long count) => new(count << 30);

    /// <inheritdoc/>
    public override string ToString() => Octets switch
    {
        >= 1L << 30 when Octets % (1L << 30) == 0 => $"{Octets >> 30}GiB",
        >= 1L << 20 when Octets % (1L << 20) == 0 => $"{Octets >> 20}MiB",
        >= 1L << 10 when Octets % (1L << 10) == 0 => $"{Octets >> 10}KiB",
        _ => $"{Octets}B",
    };
}
