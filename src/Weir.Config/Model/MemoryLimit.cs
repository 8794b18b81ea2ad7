using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>An amount of memory: a share of what there is, or a size.</summary>
/// <param name="Share">The share, or null where a size is given.</param>
/// <param name="Size">The size, or null where a share is given.</param>
public readonly record struct MemoryLimit(Percent? Share, ByteSize? Size)
{
    /// <summary>The limit in octets on a machine (or in a cgroup) with <paramref name="machineOctets"/>.</summary>
    public long Resolve(long machineOctets) => Size?.Octets ?? (long)(machineOctets * (Share ?? new Percent(75)).Fraction);

    /// <inheritdoc/>
    public override string ToString() => Size?.ToString() ?? Share?.ToString() ?? "";
}
