using Weir.Cache.Keys;

namespace Weir.Cache.Collapsing;

/// <summary>
/// Keys that were asked for lately, for responses that are stored at their second use. A table of fixed size (512 KiB) in which later ones
/// take the place of earlier ones: what is asked for seldom is forgotten. Any loop uses it; a use that two see at once may count for
/// either.
/// </summary>
public sealed class RecentUses
{
    private const int Places = 1 << 16;

    private readonly ulong[] _keys = new ulong[Places];

    /// <summary>Whether the key was asked for before; if not, it is from now on.</summary>
    public bool IsSecond(in KeyHash hash)
    {
        ref ulong place = ref _keys[hash.High % Places];
        if (Volatile.Read(ref place) == hash.Low)
        {
            return true;
        }

        Volatile.Write(ref place, hash.Low);
        return false;
    }
}
