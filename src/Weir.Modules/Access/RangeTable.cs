// Hot: one lookup for each request that passes the stack. Measured by bench/Weir.Bench.Modules.
using System.Numerics;

namespace Weir.Modules.Access;

/// <summary>
/// Ranges laid flat: where each one begins, in order, and its rule; it ends where the next one begins. Eight octets for an IPv4 range. A lookup
/// halves the beginnings of blocks first, which stay in the processor's cache, and then one block of neighbouring memory: a million ranges
/// cost a few cache lines more than ten. Immutable, shared by all loops.
/// </summary>
/// <typeparam name="T">An address as a number.</typeparam>
internal sealed class RangeTable<T>
    where T : unmanaged, IBinaryInteger<T>
{
    private const int BlockBits = 5;

    private readonly T[] _begins;
    private readonly AccessRule[] _rules;
    private readonly T[] _blocks;

    /// <param name="begins">Ascending; the first is 0.</param>
    /// <param name="rules">One for each.</param>
    public RangeTable(T[] begins, AccessRule[] rules)
    {
        _begins = begins;
        _rules = rules;
        _blocks = new T[((begins.Length - 1) >> BlockBits) + 1];
        for (int block = 0; block < _blocks.Length; block++)
        {
            _blocks[block] = begins[block << BlockBits];
        }
    }

    /// <summary>Memory that it holds.</summary>
    public long Octets => ((long)(_begins.Length + _blocks.Length) * T.AllBitsSet.GetByteCount()) + ((long)_rules.Length * sizeof(uint));

    /// <summary>The rule of an address.</summary>
    public AccessRule Find(T address)
    {
        int first = LastAtMost(_blocks, address) << BlockBits;
        ReadOnlySpan<T> block = _begins.AsSpan(first, Math.Min(1 << BlockBits, _begins.Length - first));
        return _rules[first + LastAtMost(block, address)];
    }

    // The step is added by arithmetic: addresses are random, and a branch would be mispredicted half of the time.
    private static int LastAtMost(ReadOnlySpan<T> begins, T address)
    {
        int found = 0;
        for (int left = begins.Length; left > 1;)
        {
            int half = left >> 1;
            found += begins[found + half] <= address ? half : 0;
            left -= half;
        }

        return found;
    }
}
