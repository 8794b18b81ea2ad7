using Weir.Abstractions.Exchanges;

namespace Weir.Modules.Access;

/// <summary>Turns ranges that may lie within each other into intervals side by side, in which the innermost range decides.</summary>
internal static class AddressIntervals
{
    private const int NoRule = -1;

    /// <summary>
    /// The beginnings of the intervals, the first at 0, and the number of each one's rule, or -1 where none holds.
    /// </summary>
    public static (UInt128[] Begins, int[] Rules) Of(AddressRule[] rules, bool isIPv4)
    {
        int[] order = [.. Enumerable.Range(0, rules.Length).Where(rule => IsIPv4(rules[rule].Range) == isIPv4)];
        Array.Sort(order, (one, other) => Compare(rules[one], rules[other]));
        List<UInt128> begins = new(order.Length * 2) { 0 };
        List<int> ruleOf = new(order.Length * 2) { NoRule };
        Stack<(UInt128 Last, int Rule)> open = new();
        UInt128 end = isIPv4 ? uint.MaxValue : UInt128.MaxValue;
        foreach (int rule in order)
        {
            UInt128 first = First(rules[rule].Range, isIPv4);
            Close(first);
            Begin(first, rule);
            open.Push((Last(rules[rule].Range, first), rule));
        }

        Close(null);
        return ([.. begins], [.. ruleOf]);

        void Begin(UInt128 at, int rule)
        {
            if (begins[^1] == at)
            {
                ruleOf[^1] = rule;
            }
            else
            {
                begins.Add(at);
                ruleOf.Add(rule);
            }
        }

        // Ends every open range that ends before a place; what lies around it goes on behind.
        void Close(UInt128? before)
        {
            while (open.TryPeek(out (UInt128 Last, int Rule) top) && (before is null || top.Last < before))
            {
                open.Pop();
                if (top.Last < end)
                {
                    Begin(top.Last + 1, open.TryPeek(out (UInt128 Last, int Rule) outer) ? outer.Rule : NoRule);
                }
            }
        }
    }

    private static bool IsIPv4(IpPrefix range) => range.Address.IsIPv4 && range.Bits >= 96;

    // Outer ranges come first; of two for one range the one that refuses comes last and so decides.
    private static int Compare(in AddressRule one, in AddressRule other)
    {
        int byPlace = First(one.Range, false).CompareTo(First(other.Range, false));
        int bySize = byPlace != 0 ? byPlace : one.Range.Bits.CompareTo(other.Range.Bits);
        return bySize != 0 ? bySize : one.IsDeny.CompareTo(other.IsDeny);
    }

    private static UInt128 First(IpPrefix range, bool isIPv4) =>
        isIPv4 ? range.Address.IPv4 : new UInt128(range.Address.High, range.Address.Low);

    private static UInt128 Last(IpPrefix range, UInt128 first) =>
        range.Bits == 0 ? UInt128.MaxValue : first + ((UInt128.One << (128 - range.Bits)) - 1);
}
