using System.Runtime.InteropServices;

namespace Weir.Net.Loops;

/// <summary>
/// An atomic count of the whole process that never exceeds a bound, on cache lines of its own so that what stands beside it stays cheap.
/// Any thread. A field of this type is not readonly.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 192)]
public struct PaddedCount
{
    [FieldOffset(96)]
    private int _value;

    /// <summary>The count as of a moment ago.</summary>
    public readonly int Value => Volatile.Read(in _value);

    /// <summary>Counts one more, unless there are as many as <paramref name="most"/> already.</summary>
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

    /// <summary>Counts one less.</summary>
    public void Leave() => Interlocked.Decrement(ref _value);
}
