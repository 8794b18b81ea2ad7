// Hot: one lookup for each request that passes the stack. Measured by bench/Weir.Bench.Modules.
using System.Numerics;
using System.Runtime.CompilerServices;
using Weir.Modules.Limiting;

namespace Weir.Modules.Access;

/// <summary>
/// Ranges laid flat, in order; one ends where the next one begins. The space from the second to the last is cut into slots of equal width,
/// a few ranges to a slot where they lie evenly; a lookup takes its slot from the address by arithmetic and finds the ranges in it, two
/// cache lines that are fetched at once. Where ranges lie in heaps, a slot leads into runs of them. So a million ranges cost one place in
/// memory, as ten do, two where a few too many lie together, and some steps more in large heaps. Immutable, shared by all loops.
/// </summary>
/// <typeparam name="T">An address as a number.</typeparam>
internal sealed class RangeTable<T>
    where T : unmanaged, IBinaryInteger<T>
{
    // What a slot has in place of a rule when it leads to a run, whose place among the heaps is in place of the rule's number.
    private const AccessList Run = (AccessList)7;

    private const int MostSlots = 1 << 19;

    private readonly AddressRange<T>[] _cells;

    // The ranges of all slots that have too many, ascending; one that reaches into several slots may stand in it more than once.
    private readonly AddressRange<T>[] _heaps;
    private readonly AccessRule _before;
    private readonly T _base;
    private readonly int _shift;
    private readonly int _lastSlot;

    /// <param name="ranges">Ascending; the first begins at 0.</param>
    public RangeTable(ReadOnlySpan<AddressRange<T>> ranges)
    {
        _before = ranges[0].Rule;
        _base = ranges[Math.Min(1, ranges.Length - 1)].Begin;
        T span = ranges[^1].Begin - _base;

        // Two at least: a shift by the whole width would be a shift by nothing.
        int wanted = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(ranges.Length * 2L / CellsOfSlot, 2, MostSlots));
        while ((span >>> _shift) >= T.CreateTruncating(wanted))
        {
            _shift++;
        }

        _lastSlot = int.CreateTruncating(span >>> _shift);
        _cells = LargeTable.Allocate<AddressRange<T>>((_lastSlot + 1) * CellsOfSlot);
        List<AddressRange<T>> heaps = [];
        int range = 0;
        for (int slot = 0; slot <= _lastSlot; slot++)
        {
            T first = _base + (T.CreateTruncating(slot) << _shift);
            int end = range + 1;
            while (end < ranges.Length && (slot == _lastSlot || ranges[end].Begin - first < T.One << _shift))
            {
                range += ranges[end].Begin <= first ? 1 : 0;
                end++;
            }

            Span<AddressRange<T>> cells = _cells.AsSpan(slot * CellsOfSlot, CellsOfSlot);
            Lay(ranges[range..end], cells, heaps);
            range = end - 1;
        }

        _heaps = LargeTable.Allocate<AddressRange<T>>(heaps.Count);
        heaps.CopyTo(_heaps);
    }

    /// <summary>Memory that it holds.</summary>
    public long Octets => (long)(_cells.Length + _heaps.Length) * Unsafe.SizeOf<AddressRange<T>>();

    // Two cache lines of IPv4; three of IPv6, whose ranges are longer.
    private static int CellsOfSlot => Unsafe.SizeOf<T>() == sizeof(uint) ? 16 : 8;

    /// <summary>The rule of an address.</summary>
    public AccessRule Find(T address)
    {
        if (address < _base)
        {
            return _before;
        }

        T far = (address - _base) >>> _shift;
        int slot = far < T.CreateTruncating(_lastSlot) ? int.CreateTruncating(far) : _lastSlot;
        AccessRule rule = LastAtMost(_cells.AsSpan(slot * CellsOfSlot, CellsOfSlot), address);
        return rule.List != Run ? rule : FindInHeaps(rule.Number, address);
    }

    // Most runs are short: they are not halved before their end is known, which would be one more place in memory. What lies behind a run
    // begins behind the address, or is the range that the run ends with.
    private AccessRule FindInHeaps(int begin, T address)
    {
        int step = CellsOfSlot;
        while (begin + step < _heaps.Length && _heaps[begin + step].Begin <= address)
        {
            begin += step;
            step *= 2;
        }

        return LastAtMost(_heaps.AsSpan(begin, Math.Min(step, _heaps.Length - begin)), address);
    }

    // What a slot does not need repeats its last range: a lookup compares all of it, however many there are.
    private static void Lay(ReadOnlySpan<AddressRange<T>> ranges, Span<AddressRange<T>> cells, List<AddressRange<T>> heaps)
    {
        int perCell = (ranges.Length + cells.Length - 1) / cells.Length;
        for (int cell = 0; cell < cells.Length; cell++)
        {
            int first = cell * perCell;
            if (first >= ranges.Length)
            {
                cells[cell] = cells[cell - 1];
            }
            else if (perCell == 1)
            {
                cells[cell] = ranges[first];
            }
            else
            {
                cells[cell] = new AddressRange<T>(ranges[first].Begin, new AccessRule(Run, heaps.Count));
                heaps.AddRange(ranges.Slice(first, Math.Min(perCell, ranges.Length - first)));
            }
        }
    }

    // Addresses are random: a branch would be mispredicted half of the time, so what is known is added by arithmetic. The last ranges are
    // compared one by one, because no comparison waits for another one: their places in memory are fetched at once.
    private static AccessRule LastAtMost(ReadOnlySpan<AddressRange<T>> ranges, T address)
    {
        int found = 0;
        int left = ranges.Length;
        while (left > CellsOfSlot)
        {
            int half = left >> 1;
            found += half * One(ranges[found + half].Begin <= address);
            left -= half;
        }

        int last = 0;
        ReadOnlySpan<AddressRange<T>> rest = ranges.Slice(found, left);
        for (int i = 1; i < rest.Length; i++)
        {
            last += One(rest[i].Begin <= address);
        }

        return rest[last].Rule;
    }

    private static int One(bool isTrue) => Unsafe.BitCast<bool, byte>(isTrue);
}
