using Weir.Cache.Keys;

namespace Weir.Cache.Collapsing;

/// <summary>
/// Keys whose origin failed lately, while something stale stood in: whoever asks for them gets that at once, and the origin is asked
/// beside, once a second at most. A table of fixed size (64 KiB) in which later ones take the place of earlier ones. Any loop uses it; two
/// that meet in one place cost a client a wait, no more.
/// </summary>
public sealed class RecentFailures
{
    /// <summary>How long nobody waits for an origin after it failed.</summary>
    public const long RecentSeconds = 30;

    private const int Places = 1 << 13;
    private const int SecondsBits = 32;

    // A piece of the key above, the second below: one is written at once with the other.
    private readonly ulong[] _failures = new ulong[Places];

    /// <summary>The origin failed now.</summary>
    public void Note(in KeyHash hash, long nowSeconds) =>
        Volatile.Write(ref _failures[hash.High % Places], NameOf(hash) | (uint)nowSeconds);

    /// <summary>Whether it failed lately.</summary>
    /// <param name="hash">The key.</param>
    /// <param name="nowSeconds">The time.</param>
    /// <param name="mayAsk">Whether it may be asked again.</param>
    public bool IsRecent(in KeyHash hash, long nowSeconds, out bool mayAsk)
    {
        ulong failure = Volatile.Read(ref _failures[hash.High % Places]);
        long ago = nowSeconds - (uint)failure;
        mayAsk = ago > 0;
        return failure >> SecondsBits == NameOf(hash) >> SecondsBits && ago <= RecentSeconds;
    }

    private static ulong NameOf(in KeyHash hash) => hash.Low >> SecondsBits << SecondsBits;
}
