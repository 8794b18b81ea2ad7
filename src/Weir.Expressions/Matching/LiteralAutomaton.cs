// Hot: reads texts of each request that a filter with many rules looks at.
using System.Runtime.CompilerServices;

namespace Weir.Expressions.Matching;

/// <summary>
/// Finds any number of literals in one pass over a text: a step for each octet, whatever the number of literals (Aho and Corasick, 1975).
/// Without `floats` only at the text's beginning, and the pass ends at the first octet with which none goes on. Immutable.
/// </summary>
internal sealed class LiteralAutomaton
{
    private const int Dead = int.MaxValue;

    // Octets that no literal holds share a class, so that a state's row is short.
    private readonly byte[] _classOf = new byte[256];
    private readonly int _classes = 1;

    // A state is the place of its row, so that a step needs no multiplication: each step waits for the one before it.
    private readonly int[] _next;

    // Octets that lead away from the start, where most of a text is read.
    private readonly bool[] _begins = new bool[256];
    private readonly int _firstFinding;
    private readonly int[][] _found;
    private readonly int _start;

    public LiteralAutomaton(LiteralTrie trie, bool floats)
    {
        for (int octet = 0; octet < 256; octet++)
        {
            if (Enumerable.Range(0, trie.Count).Any(state => trie.EdgesOf(state).ContainsKey((byte)octet)) && _classes < 256)
            {
                _classOf[octet] = (byte)_classes++;
            }
        }

        // Of 256 different octets the last one would share the class of none: the row of class 0 is then that octet's.
        int[] order = Breadth(trie);
        int[] fallback = new int[trie.Count];
        foreach (int state in order)
        {
            foreach ((byte octet, int next) in trie.EdgesOf(state))
            {
                fallback[next] = state == LiteralTrie.Root ? LiteralTrie.Root : Step(trie, fallback, fallback[state], octet);
                if (floats)
                {
                    trie.FoundAt(next).UnionWith(trie.FoundAt(fallback[next]));
                }
            }
        }

        // States that find something come last: one comparison tells them.
        int[] byKind = [.. order.Where(state => trie.FoundAt(state).Count == 0), .. order.Where(state => trie.FoundAt(state).Count > 0)];
        int[] numberOf = new int[trie.Count];
        for (int i = 0; i < byKind.Length; i++)
        {
            numberOf[byKind[i]] = i;
        }

        int firstFinding = byKind.Count(state => trie.FoundAt(state).Count == 0);
        _firstFinding = firstFinding * _classes;
        _found = [.. byKind[firstFinding..].Select(state => trie.FoundAt(state).ToArray())];
        _next = new int[trie.Count * _classes];
        foreach (int state in order)
        {
            Span<int> row = _next.AsSpan(numberOf[state] * _classes, _classes);
            row.Fill(floats ? numberOf[LiteralTrie.Root] * _classes : Dead);
            for (int octet = 0; octet < 256; octet++)
            {
                if (floats)
                {
                    row[_classOf[octet]] = numberOf[Step(trie, fallback, state, (byte)octet)] * _classes;
                }
                else if (trie.EdgesOf(state).TryGetValue((byte)octet, out int next))
                {
                    row[_classOf[octet]] = numberOf[next] * _classes;
                }
            }
        }

        _start = numberOf[LiteralTrie.Root] * _classes;
        foreach (byte octet in trie.EdgesOf(LiteralTrie.Root).Keys)
        {
            _begins[octet] = true;
        }
    }

    /// <summary>Sets the bits of all literals that stand in the text, or without `floats` at its beginning.</summary>
    public void Find(ReadOnlySpan<byte> text, Span<ulong> found)
    {
        int state = _start;
        for (int i = 0; i < text.Length && TryStep(ref state, text[i], found); i++)
        {
        }
    }

    /// <summary>As <see cref="Find"/>, for literals that stand anywhere: what begins none of them is passed over.</summary>
    public void FindAnywhere(ReadOnlySpan<byte> text, Span<ulong> found)
    {
        bool[] begins = _begins;
        int start = _start;
        int state = start;
        for (int i = 0; i < text.Length; i++)
        {
            if (state != start || begins[text[i]])
            {
                TryStep(ref state, text[i], found);
            }
        }
    }

    /// <summary>As <see cref="Find"/>, from the text's end: for literals that were added the wrong way round.</summary>
    public void FindFromEnd(ReadOnlySpan<byte> text, Span<ulong> found)
    {
        int state = _start;
        for (int i = text.Length - 1; i >= 0 && TryStep(ref state, text[i], found); i--)
        {
        }
    }

    // False: no literal goes on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryStep(ref int state, byte octet, Span<ulong> found)
    {
        state = _next[state + _classOf[octet]];
        if (state < _firstFinding)
        {
            return true;
        }

        if (state == Dead)
        {
            return false;
        }

        Mark(state, found);
        return true;
    }

    private void Mark(int state, Span<ulong> found)
    {
        foreach (int number in _found[(state - _firstFinding) / _classes])
        {
            found[number >> 6] |= 1ul << number;
        }
    }

    private static int Step(LiteralTrie trie, int[] fallback, int state, byte octet)
    {
        while (true)
        {
            if (trie.EdgesOf(state).TryGetValue(octet, out int next))
            {
                return next;
            }

            if (state == LiteralTrie.Root)
            {
                return LiteralTrie.Root;
            }

            state = fallback[state];
        }
    }

    private static int[] Breadth(LiteralTrie trie)
    {
        List<int> order = [LiteralTrie.Root];
        for (int i = 0; i < order.Count; i++)
        {
            order.AddRange(trie.EdgesOf(order[i]).Values);
        }

        return [.. order];
    }
}
