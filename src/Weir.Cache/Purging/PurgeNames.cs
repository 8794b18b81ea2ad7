using Weir.Cache.Keys;

namespace Weir.Cache.Purging;

/// <summary>
/// Names of exact purges as 64 bits: the kind above, a hash below. Two names that meet make one purge touch what it need not, never less.
/// The seed is that of the log, so that they mean the same after a restart.
/// </summary>
internal static class PurgeNames
{
    private const int KindShift = 60;
    private const ulong HashMask = (1UL << KindShift) - 1;
    private const ulong Odd = 0x9E3779B97F4A7C15;

    public static ulong Of(PurgeKind kind, ReadOnlySpan<byte> name, ulong seed) => With(kind, KeyHash.Of(name, seed).High);

    /// <summary>The name of a tag is its hash.</summary>
    public static ulong OfTag(uint tag) => With(PurgeKind.Tag, tag);

    /// <summary>A tag of one origin.</summary>
    public static ulong OfOriginTag(ulong origin, uint tag) => With(PurgeKind.OriginTag, (origin ^ (tag * Odd)) * Odd >> 3);

    private static ulong With(PurgeKind kind, ulong hash) => ((ulong)kind << KindShift) | (hash & HashMask);
}
