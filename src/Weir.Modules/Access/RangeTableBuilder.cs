using System.Numerics;
using System.Runtime.InteropServices;

namespace Weir.Modules.Access;

/// <summary>Lays prefixes flat: inner ones cut pieces out of outer ones. Used once, away from the loops.</summary>
/// <typeparam name="T">An address as a number.</typeparam>
internal sealed class RangeTableBuilder<T>
    where T : unmanaged, IBinaryInteger<T>
{
    private static readonly int _width = T.AllBitsSet.GetByteCount() * 8;

    private readonly List<Entry> _entries = [];

    /// <summary>Adds a prefix; nothing is set behind its bits.</summary>
    public void Add(T first, int bits, AccessRule rule) => _entries.Add(new Entry(first, (byte)bits, rule));

    /// <summary>The table.</summary>
    public RangeTable<T> Build()
    {
        _entries.Sort();
        List<AddressRange<T>> ranges = new((_entries.Count * 2) + 1) { default };
        Stack<Entry> open = new();
        foreach (Entry entry in _entries)
        {
            while (open.TryPeek(out Entry outer) && LastOf(outer) < entry.First)
            {
                Close();
            }

            open.Push(entry);
            Begin(entry.First, entry.Rule);
        }

        while (open.Count > 0)
        {
            Close();
        }

        return new RangeTable<T>(CollectionsMarshal.AsSpan(ranges));

        void Close()
        {
            T last = LastOf(open.Pop());
            if (last != T.AllBitsSet)
            {
                Begin(last + T.One, open.TryPeek(out Entry around) ? around.Rule : default);
            }
        }

        // What begins at the same place later lies further in, or follows what has just ended: it decides.
        void Begin(T first, AccessRule rule)
        {
            if (ranges[^1].Begin == first)
            {
                ranges.RemoveAt(ranges.Count - 1);
            }

            ranges.Add(new AddressRange<T>(first, rule));
        }
    }

    // A shift by the whole width would be a shift by nothing.
    private static T LastOf(Entry entry) => entry.Bits == _width ? entry.First : entry.First | (T.AllBitsSet >>> entry.Bits);

    // Outer before inner; of two for the same range the one that decides comes last: a refusal, and of several the first one written.
    private readonly record struct Entry(T First, byte Bits, AccessRule Rule) : IComparable<Entry>
    {
        public int CompareTo(Entry other)
        {
            int byPlace = First.CompareTo(other.First);
            int bySize = byPlace != 0 ? byPlace : Bits.CompareTo(other.Bits);
            int byKind = bySize != 0 ? bySize : Rule.IsDeny.CompareTo(other.Rule.IsDeny);
            return byKind != 0 ? byKind : other.Rule.CompareTo(Rule);
        }
    }
}
