// Hot: one lookup for each request that passes the stack. Measured by bench/Weir.Bench.Modules.
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Weir.Modules.Access;

/// <summary>
/// Ranges laid flat, in order; one ends where the next one begins. The space from the second to the last is cut into slots of equal width,
/// some sixteen ranges to a slot where they lie evenly; a lookup takes its slot from the address by arithmetic and halves what lies in it.
/// So a million ranges cost two places in memory, as ten do, and where they lie in heaps some steps more. Immutable, shared by all loops.
/// </summary>
/// <typeparam name="T">An address as a number.</typeparam>
internal sealed class RangeTable<T>
    where T : unmanaged, IBinaryInteger<T>
{
    private const int RangesPerSlot = 16;

    // Half a mebioctet of slots: more would not stay in a core's own cache.
    private const int MostSlots = 1 << 17;

    private readonly AddressRange<T>[] _ranges;
    private readonly T _base;
    private readonly int _shift;

    // For each slot the range that holds its first address; the last range at the end.
    private readonly int[] _slots;

    /// <param name="ranges">Ascending; the first begins at 0.</param>
    public RangeTable(AddressRange<T>[] ranges)
    {
        _ranges = ranges;
        _base = ranges[Math.Min(1, ranges.Length - 1)].Begin;
        T span = ranges[^1].Begin - _base;

        // Two at least: a shift by the whole width would be a shift by nothing.
        int wanted = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(ranges.Length / RangesPerSlot, 2, MostSlots));
        while ((span >>> _shift) >= T.CreateTruncating(wanted))
        {
            _shift++;
        }

        _slots = new int[int.CreateTruncating(span >>> _shift) + 2];
        int range = 0;
        for (int slot = 0; slot < _slots.Length - 1; slot++)
        {
            T first = _base + (T.CreateTruncating(slot) << _shift);
            while (range + 1 < ranges.Length && ranges[range + 1].Begin <= first)
            {
                range++;
            }

            _slots[slot] = range;
        }

        _slots[^1] = ranges.Length - 1;
    }

    /// <summary>Memory that it holds.</summary>
    public long Octets => ((long)_ranges.Length * Unsafe.SizeOf<AddressRange<T>>()) + ((long)_slots.Length * sizeof(int));

    /// <summary>The rule of an address.</summary>
    public AccessRule Find(T address)
    {
        if (address < _base)
        {
            return _ranges[0].Rule;
        }

        T far = (address - _base) >>> _shift;
        int slot = far < T.CreateTruncating(_slots.Length - 1) ? int.CreateTruncating(far) : _slots.Length - 2;
        int first = _slots[slot];
        return LastAtMost(_ranges.AsSpan(first, _slots[slot + 1] - first + 1), address);
    }

    // The step is added by arithmetic: addresses are random, and a branch would be mispredicted half of the time.
    private static AccessRule LastAtMost(ReadOnlySpan<AddressRange<T>> ranges, T address)
    {
        int found = 0;
        for (int left = ranges.Length; left > 1;)
        {
            int half = left >> 1;
            found += ranges[found + half].Begin <= address ? half : 0;
            left -= half;
        }

        return ranges[found].Rule;
    }
}
