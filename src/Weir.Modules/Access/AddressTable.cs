// Hot: one lookup for each request that passes the stack. See bench/Weir.Bench.Modules.
using Weir.Abstractions.Exchanges;

namespace Weir.Modules.Access;

/// <summary>
/// Ranges of addresses, laid flat: sorted beginnings of intervals that do not overlap, each with the rule that decides in it. IPv4 has its own
/// list behind an index by the first 16 bits, so that a million ranges cost a few more steps than ten. Immutable.
/// </summary>
internal sealed class AddressTable
{
    private const int IndexBits = 16;
    private const int NoRule = -1;

    private readonly AddressRule[] _rules;
    private readonly uint[] _begins4;
    private readonly int[] _rules4;
    private readonly int[] _index4;
    private readonly UInt128[] _begins6;
    private readonly int[] _rules6;

    /// <summary>Lays out the rules; of two for one range, the one that refuses stays.</summary>
    public AddressTable(IReadOnlyList<AddressRule> rules)
    {
        _rules = [.. rules];
        (UInt128[] begins, int[] ruleOf) = AddressIntervals.Of(_rules, isIPv4: true);
        _begins4 = Array.ConvertAll(begins, begin => (uint)begin);
        _rules4 = ruleOf;
        _index4 = BuildIndex(_begins4);
        (_begins6, _rules6) = AddressIntervals.Of(_rules, isIPv4: false);
    }

    /// <summary>Rules.</summary>
    public int Count => _rules.Length;

    /// <summary>The rule that decides about an address; false when none holds it.</summary>
    public bool TryFind(IpAddress address, out AddressRule rule)
    {
        int found = address.IsIPv4 ? Find4(address.IPv4) : Find6(new UInt128(address.High, address.Low));
        rule = found == NoRule ? default : _rules[found];
        return found != NoRule;
    }

    private int Find4(uint address)
    {
        // The interval that holds the address begins in its block, or is the last one that begins before it.
        int block = (int)(address >> (32 - IndexBits));
        int low = _index4[block];
        int high = _index4[block + 1];
        while (low < high)
        {
            int middle = (int)((uint)(low + high) >> 1);
            if (_begins4[middle] <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return _rules4[low - 1];
    }

    private int Find6(UInt128 address)
    {
        int low = 0;
        int high = _begins6.Length;
        while (low < high)
        {
            int middle = (int)((uint)(low + high) >> 1);
            if (_begins6[middle] <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return _rules6[low - 1];
    }

    // For each block, how many intervals begin before it.
    private static int[] BuildIndex(uint[] begins)
    {
        int[] index = new int[(1 << IndexBits) + 1];
        int next = 0;
        for (int block = 0; block < index.Length - 1; block++)
        {
            uint first = (uint)block << (32 - IndexBits);
            while (next < begins.Length && begins[next] < first)
            {
                next++;
            }

            index[block] = next;
        }

        index[^1] = begins.Length;
        return index;
    }
}
