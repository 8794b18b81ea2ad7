// Hot: reads texts of each request that a filter with many rules looks at.
using Weir.Abstractions.Exchanges;
using Weir.Expressions.Evaluation;

namespace Weir.Expressions.Matching;

/// <summary>A text, and all that conditions look for in it.</summary>
internal sealed class SoughtText
{
    // More octets would tell little more; states are bounded by it.
    private const int LongestLiteral = 16;
    private const int MostStates = 8192;

    private readonly TextNode _text;
    private readonly LiteralTrie _starts = new();
    private readonly LiteralTrie _ends = new();
    private readonly LiteralTrie _anywhere = new();
    private LiteralAutomaton? _ofStarts;
    private LiteralAutomaton? _ofEnds;
    private LiteralAutomaton? _ofAnywhere;

    public SoughtText(TextNode text) => _text = text;

    /// <summary>Adds a literal of a condition; false when there are too many.</summary>
    public bool TryAdd(Literal literal, int number)
    {
        LiteralTrie trie = literal.Place switch
        {
            LiteralPlace.Start => _starts,
            LiteralPlace.End => _ends,
            _ => _anywhere,
        };
        if (trie.Count + LongestLiteral > MostStates)
        {
            return false;
        }

        int octets = Math.Min(literal.Octets.Length, LongestLiteral);
        if (literal.Place == LiteralPlace.End)
        {
            byte[] reversed = literal.Octets[^octets..];
            Array.Reverse(reversed);
            trie.Add(reversed, number);
        }
        else
        {
            trie.Add(literal.Octets.AsSpan(0, octets), number);
        }

        return true;
    }

    /// <summary>All is added.</summary>
    public void Complete()
    {
        _ofStarts = _starts.Count > 1 ? new LiteralAutomaton(_starts, floats: false) : null;
        _ofEnds = _ends.Count > 1 ? new LiteralAutomaton(_ends, floats: false) : null;
        _ofAnywhere = _anywhere.Count > 1 ? new LiteralAutomaton(_anywhere, floats: true) : null;
    }

    /// <summary>Sets the bits of the conditions that find what they look for.</summary>
    public void Find(Exchange exchange, Span<ulong> found)
    {
        Scratch.Begin();
        ReadOnlySpan<byte> text = _text.Evaluate(exchange);
        if (!text.IsEmpty)
        {
            _ofStarts?.Find(text, found);
            _ofEnds?.FindFromEnd(text, found);
            _ofAnywhere?.FindAnywhere(text, found);
        }
    }
}
