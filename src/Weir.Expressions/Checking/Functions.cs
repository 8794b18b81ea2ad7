using System.Text;
using System.Text.RegularExpressions;
using Weir.Expressions.Evaluation;
using Weir.Expressions.Parsing;

namespace Weir.Expressions.Checking;

/// <summary>Calls of functions.</summary>
internal sealed class Functions
{
    private static readonly string[] _known =
        ["startsWith", "endsWith", "contains", "matches", "lowerAscii", "upperAscii", "size", "has", "string"];

    private readonly Checker _checker;
    private readonly Fields _fields;

    public Functions(Checker checker, Fields fields)
    {
        _checker = checker;
        _fields = fields;
    }

    /// <summary>A call of a function, or of a text's or a map's.</summary>
    public Node Call(SyntaxNode part)
    {
        SyntaxNode[] values = part.Children;
        bool isMethod = part.Kind == SyntaxKind.Method;
        switch (part.Text, isMethod)
        {
            case ("startsWith", true):
                return new TextNodes.StartsWith(Text(part, 2), _checker.Text(values[1]));
            case ("endsWith", true):
                return new TextNodes.EndsWith(Text(part, 2), _checker.Text(values[1]));
            case ("contains", true):
                return Contains(part);
            case ("matches", true):
                return Matches(part);
            case ("lowerAscii", true):
                _checker.Spend(part, Costs.Search);
                return new TextNodes.Lower(Text(part, 1));
            case ("upperAscii", true):
                _checker.Spend(part, Costs.Search);
                return new TextNodes.Upper(Text(part, 1));
            case ("size", _):
                return Size(part);
            case ("has", false):
                Expect(part, 1);
                return _fields.Has(values[0]);
            case ("string", false):
                return ToText(part);
            default:
                throw Unknown(part);
        }
    }

    private TextNodes.Contains Contains(SyntaxNode part)
    {
        TextNode text = Text(part, 2);
        _checker.Spend(part, Costs.Search);
        byte[] sought = _checker.Constant(
            part.Children[1], ExpressionLimits.Pattern, "A search for a text that a client chooses could take long.");
        return sought.Length > 0
            ? new TextNodes.Contains(text, sought)
            : throw new ExpressionMistake(part.Children[1].Offset, "The empty text is in every text.", "Write what is looked for; has(FIELD) tells whether there is any.");
    }

    private MatchNode Matches(SyntaxNode part)
    {
        TextNode text = Text(part, 2);
        SyntaxNode pattern = part.Children[1];
        _checker.Spend(part, Costs.Match);
        _checker.Constant(pattern, ExpressionLimits.Pattern, "A regular expression is read when the configuration loads.");
        if (!Ascii.IsValid(pattern.Text))
        {
            throw new ExpressionMistake(
                pattern.Offset, "The regular expression holds a letter beyond ASCII, and looks at octets.", "Write the octets of its UTF-8 form: \\xC3\\xA4.");
        }

        const string Remedy = "Correct it; in r\"...\" backslashes stay as they are.";
        try
        {
            return new MatchNode(text, new Regex(pattern.Text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
        }
        catch (RegexParseException mistake)
        {
            throw new ExpressionMistake(
                pattern.Offset, $"The regular expression is malformed at its character {mistake.Offset}: {mistake.Error}.", Remedy);
        }
        catch (Exception mistake) when (mistake is NotSupportedException or ArgumentException)
        {
            throw new ExpressionMistake(
                pattern.Offset, "The regular expression uses what cannot be matched in linear time.",
                "Do without look-arounds, backreferences, atomic groups and very large counts.");
        }
    }

    private IntNode Size(SyntaxNode part)
    {
        Expect(part, 1);
        switch (_checker.Check(part.Children[0]))
        {
            case TextNode text:
                return new TextNodes.Size(text);
            case MapNode map:
                _checker.Spend(part, Costs.Search);
                return new EntryNodes.Count(map.Source);
            case var other:
                throw new ExpressionMistake(
                    part.Children[0].Offset, $"{Words.Article(other.Kind)} has no size.", "size() takes a text or a map.");
        }
    }

    private TextNode ToText(SyntaxNode part)
    {
        Expect(part, 1);
        _checker.Spend(part, Costs.Search);
        return _checker.Check(part.Children[0]) switch
        {
            TextNode text => text,
            IntNode number => new TextNodes.OfInt(number),
            AddressNode address => new TextNodes.OfAddress(address),
            var other => throw new ExpressionMistake(
                part.Children[0].Offset, $"{Words.Article(other.Kind)} does not become a text.", "string() takes a number or an address."),
        };
    }

    private TextNode Text(SyntaxNode part, int values)
    {
        Expect(part, values);
        return _checker.Text(part.Children[0]);
    }

    private static void Expect(SyntaxNode part, int values)
    {
        if (part.Children.Length != values)
        {
            int brackets = part.Kind == SyntaxKind.Method ? values - 1 : values;
            throw new ExpressionMistake(
                part.Offset, $"{part.Text} takes {(brackets == 0 ? "nothing" : "one value")} in its brackets.", "See the expressions page of the reference.");
        }
    }

    private static ExpressionMistake Unknown(SyntaxNode part) => part.Text switch
    {
        "exists" or "all" or "exists_one" or "map" or "filter" => new(
            part.Offset, $"{part.Text}(), which goes through lists, is not part of this language.", "Write the cases with || or &&."),
        "int" or "uint" or "double" or "bytes" or "duration" or "timestamp" or "type" or "dyn" => new(
            part.Offset, $"{part.Text}() is not part of this language.", "See the expressions page of the reference."),
        _ when Array.Find(_known, known => known.Equals(part.Text, StringComparison.OrdinalIgnoreCase)) is { } near
            && near != part.Text => new(
            part.Offset, $"There is no function {part.Text}.", $"Did you mean {near}?"),
        _ when _known.Contains(part.Text) => new(
            part.Offset,
            part.Kind == SyntaxKind.Method ? $"{part.Text} stands in front of its value." : $"{part.Text} belongs to a text.",
            part.Kind == SyntaxKind.Method ? $"Write {part.Text}(VALUE)." : $"Write TEXT.{part.Text}(...)."),
        _ => new(part.Offset, $"There is no function {part.Text}.", $"Known are {string.Join(", ", _known)}."),
    };
}
