// Hot: entered and left once for each exchange where there is a limit of all.
using System.Runtime.InteropServices;

namespace Weir.Modules.Concurrency;

/// <summary>
/// Exchanges in flight on all loops: one atomic, on cache lines of its own. A share for each loop would cost less and be wrong: one loop
/// would make its clients wait while others have places.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 192)]
internal struct PlaceCount
{
    [FieldOffset(96)]
    private int _value;

    public readonly int Value => Volatile.Read(in _value);

    public bool TryEnter(int most)
    {
        int seen = Volatile.Read(ref _value);
        while (seen < most)
        {
            int before = Interlocked.CompareExchange(ref _value, seen + 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _value);
}
