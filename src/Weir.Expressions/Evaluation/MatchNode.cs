// Hot: asked for each request that an expression looks at.
using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Weir.Abstractions.Exchanges;

namespace Weir.Expressions.Evaluation;

/// <summary>
/// A regular expression over octets, each read as the Latin-1 character of the same number. It runs in time linear in the text, whatever
/// the expression.
/// </summary>
internal sealed class MatchNode : BoolNode
{
    private const int StackCharacters = 256;

    private readonly TextNode _text;
    private readonly Regex _regex;

    public MatchNode(TextNode text, Regex regex)
    {
        _text = text;
        _regex = regex;
    }

    public override bool Evaluate(Exchange exchange)
    {
        ReadOnlySpan<byte> text = _text.Evaluate(exchange);
        if (text.Length <= StackCharacters)
        {
            Span<char> characters = stackalloc char[StackCharacters];
            return _regex.IsMatch(characters[..Encoding.Latin1.GetChars(text, characters)]);
        }

        char[] rented = ArrayPool<char>.Shared.Rent(text.Length);
        bool isMatch = _regex.IsMatch(rented.AsSpan(0, Encoding.Latin1.GetChars(text, rented)));
        ArrayPool<char>.Shared.Return(rented);
        return isMatch;
    }
}
