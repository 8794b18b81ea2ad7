namespace Weir.Expressions.Matching;

/// <summary>Literals as they are put together, before they become a <see cref="LiteralAutomaton"/>.</summary>
internal sealed class LiteralTrie
{
    /// <summary>The first state: nothing was read.</summary>
    public const int Root = 0;

    private readonly List<SortedDictionary<byte, int>> _edges = [[]];
    private readonly List<SortedSet<int>> _found = [[]];

    /// <summary>How many states there are.</summary>
    public int Count => _edges.Count;

    /// <summary>Where octets lead from a state.</summary>
    public IReadOnlyDictionary<byte, int> EdgesOf(int state) => _edges[state];

    /// <summary>What is found by whoever gets to a state.</summary>
    public SortedSet<int> FoundAt(int state) => _found[state];

    /// <summary>Adds a literal: whoever reads it has found that number.</summary>
    public void Add(ReadOnlySpan<byte> octets, int number)
    {
        int state = Root;
        foreach (byte octet in octets)
        {
            if (!_edges[state].TryGetValue(octet, out int next))
            {
                next = _edges.Count;
                _edges.Add([]);
                _found.Add([]);
                _edges[state].Add(octet, next);
            }

            state = next;
        }

        _found[state].Add(number);
    }
}
