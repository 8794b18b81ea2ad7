using Weir.Abstractions.Exchanges;
using Weir.Expressions.Evaluation;
using Weir.Expressions.Parsing;

namespace Weir.Expressions.Checking;

/// <summary>A tree to nodes: every part gets its kind here, and what does not fit together is refused with its place.</summary>
internal sealed class Checker
{
    private readonly ExpressionScope _scope;
    private readonly Fields _fields;
    private readonly Functions _functions;
    private int _cost;

    public Checker(ExpressionScope scope)
    {
        _scope = scope;
        _fields = new Fields(this);
        _functions = new Functions(this, _fields);
    }

    /// <summary>What the expression reads that is not there by itself.</summary>
    public ExpressionNeeds Needs { get; private set; }

    /// <summary>Whether texts are made while it is asked: only what does nothing but look at the head makes none.</summary>
    public bool MakesTexts { get; private set; }

    /// <summary>Compiles a part and what it is made of.</summary>
    public Node Check(SyntaxNode part)
    {
        Spend(part, Costs.Plain);
        Node node = Compile(part);
        MakesTexts |= node is EntryNodes.HasCookie or EntryNodes.HasParam
            || node is TextNode and not ConstantNodes.Text and not TextFieldNode { IsOfHead: true };
        return node;
    }

    private Node Compile(SyntaxNode part) => part.Kind switch
    {
        SyntaxKind.Bool => new ConstantNodes.Bool(part.Number != 0),
        SyntaxKind.Number => new ConstantNodes.Int(part.Number),
        SyntaxKind.Text => new ConstantNodes.Text(TextNodes.Octets(part.Text)),
        SyntaxKind.Name or SyntaxKind.Select or SyntaxKind.Index => _fields.Read(part),
        SyntaxKind.Call or SyntaxKind.Method => _functions.Call(part),
        SyntaxKind.Not => new LogicNodes.Not(Bool(part.Children[0])),
        SyntaxKind.Negate => new ArithmeticNodes.Subtract(new ConstantNodes.Int(0), Number(part.Children[0])),
        SyntaxKind.And => new LogicNodes.And(Array.ConvertAll(part.Children, Bool)),
        SyntaxKind.Or => new LogicNodes.Or(Array.ConvertAll(part.Children, Bool)),
        SyntaxKind.Conditional => Conditional(part),
        SyntaxKind.Binary => Binary(part),
        _ => throw new ExpressionMistake(
            part.Offset, "A list stands alone.", "Lists stand behind in: request.method in [\"GET\", \"HEAD\"]."),
    };

    /// <summary>Adds to the cost.</summary>
    public void Spend(SyntaxNode part, int cost)
    {
        _cost += cost;
        if (_cost > ExpressionLimits.Cost)
        {
            throw new ExpressionMistake(
                part.Offset, $"Up to here the expression costs more than {ExpressionLimits.Cost}.", "Make several rules of it, or shorter lists.");
        }
    }

    /// <summary>Refuses a field that is not known where the expression is asked.</summary>
    public void Use(SyntaxNode part, FieldDefinition field)
    {
        if ((field.Scope & _scope) != field.Scope)
        {
            throw new ExpressionMistake(
                part.Offset,
                $"{field.Name} is not known here.",
                field.Scope == ExpressionScope.Response
                    ? "Ask it where responses pass, as rules of filter do."
                    : "It is known once a route is chosen: ask it in a route's stack.");
        }

        Needs |= field.Needs | (field.Scope == ExpressionScope.Response ? ExpressionNeeds.Response : ExpressionNeeds.None);
    }

    public BoolNode Bool(SyntaxNode part) => Check(part) as BoolNode
        ?? throw new ExpressionMistake(
            part.Offset, $"{Words.Article(KindOf(part))} stands where true or false is wanted.", "Compare it with something.");

    public IntNode Number(SyntaxNode part) => Check(part) as IntNode
        ?? throw new ExpressionMistake(
            part.Offset, $"{Words.Article(KindOf(part))} stands where a number is wanted.", "Use size(TEXT), or a number.");

    public TextNode Text(SyntaxNode part) => Check(part) as TextNode
        ?? throw new ExpressionMistake(part.Offset, $"{Words.Article(KindOf(part))} stands where a text is wanted.", Remedy(part));

    /// <summary>The octets of a text that must be written down.</summary>
    public byte[] Constant(SyntaxNode part, int most, string remedy)
    {
        if (part.Kind != SyntaxKind.Text)
        {
            throw new ExpressionMistake(part.Offset, "This text must be written down, in quotes.", remedy);
        }

        Spend(part, Costs.Plain);
        byte[] octets = TextNodes.Octets(part.Text);
        return octets.Length <= most
            ? octets
            : throw new ExpressionMistake(part.Offset, $"The text has more than {most} octets.", "Make it shorter.");
    }

    // Only for messages: what it cost before is spent, and a mistake ends the reading anyway.
    private ValueKind KindOf(SyntaxNode part) => part.Kind == SyntaxKind.List ? ValueKind.List : Check(part).Kind;

    private string Remedy(SyntaxNode part) => KindOf(part) switch
    {
        ValueKind.Number or ValueKind.Address => "Write string(...) around it.",
        ValueKind.Map => "Pick an entry: request.headers[\"accept\"].",
        _ => "Use a text.",
    };

    private Node Conditional(SyntaxNode part)
    {
        BoolNode condition = Bool(part.Children[0]);
        return (Check(part.Children[1]), Check(part.Children[2])) switch
        {
            (BoolNode first, BoolNode second) => new LogicNodes.ChooseBool(condition, first, second),
            (IntNode first, IntNode second) => new LogicNodes.ChooseInt(condition, first, second),
            (TextNode first, TextNode second) => new LogicNodes.ChooseText(condition, first, second),
            (AddressNode first, AddressNode second) => new LogicNodes.ChooseAddress(condition, first, second),
            var (first, second) => throw new ExpressionMistake(
                part.Offset, $"The two values are {Words.Of(first.Kind)} and {Words.Of(second.Kind)}.", "Both must be of one kind."),
        };
    }

    private Node Binary(SyntaxNode part) => part.Text switch
    {
        "in" => Membership(part),
        "==" => Equal(part),
        "!=" => new LogicNodes.Not(Equal(part)),
        "<" or "<=" => Less(part, part.Children[0], part.Children[1], part.Text == "<="),
        ">" or ">=" => Less(part, part.Children[1], part.Children[0], part.Text == ">="),
        "+" => Plus(part),
        "-" => new ArithmeticNodes.Subtract(Number(part.Children[0]), Number(part.Children[1])),
        "*" => new ArithmeticNodes.Multiply(Number(part.Children[0]), Number(part.Children[1])),
        "/" => new ArithmeticNodes.Divide(Number(part.Children[0]), Divisor(part.Children[1])),
        _ => new ArithmeticNodes.Remainder(Number(part.Children[0]), Divisor(part.Children[1])),
    };

    private BoolNode Equal(SyntaxNode part) => (Check(part.Children[0]), Check(part.Children[1])) switch
    {
        (TextNode left, ConstantNodes.Text right) => new ComparisonNodes.IsText(left, right.Value),
        (ConstantNodes.Text left, TextNode right) => new ComparisonNodes.IsText(right, left.Value),
        (TextNode left, TextNode right) => new ComparisonNodes.SameText(left, right),
        (IntNode left, IntNode right) => new ComparisonNodes.SameInt(left, right),
        (BoolNode left, BoolNode right) => new ComparisonNodes.SameBool(left, right),
        (AddressNode left, ConstantNodes.Text) => new ComparisonNodes.IsAddress(left, Address(part.Children[1])),
        (ConstantNodes.Text, AddressNode right) => new ComparisonNodes.IsAddress(right, Address(part.Children[0])),
        (AddressNode left, AddressNode right) => new ComparisonNodes.SameAddress(left, right),
        var (left, right) => throw Unlike(part, left, right),
    };

    private BoolNode Less(SyntaxNode part, SyntaxNode first, SyntaxNode second, bool orSame) => (Check(first), Check(second)) switch
    {
        (IntNode left, IntNode right) => new ComparisonNodes.LessInt(left, right, orSame),
        (TextNode left, TextNode right) => new ComparisonNodes.LessText(left, right, orSame),
        var (left, right) => throw Unlike(part, left, right),
    };

    private Node Plus(SyntaxNode part)
    {
        Node first = Check(part.Children[0]);
        if (first is TextNode text)
        {
            Spend(part, Costs.Search);
            return new TextNodes.Join(text, Text(part.Children[1]));
        }

        Node second = Check(part.Children[1]);
        return (first, second) is (IntNode left, IntNode right) ? new ArithmeticNodes.Add(left, right) : throw Unlike(part, first, second);
    }

    private BoolNode Membership(SyntaxNode part)
    {
        (SyntaxNode what, SyntaxNode where) = (part.Children[0], part.Children[1]);
        if (where.Kind == SyntaxKind.List)
        {
            Spend(where, where.Children.Length);
            return InList(part, Check(what), where.Children);
        }

        if (where.Kind == SyntaxKind.Text)
        {
            return Check(what) is AddressNode address
                ? new ComparisonNodes.AddressInRanges(address, [Range(where)])
                : throw new ExpressionMistake(part.Offset, "A text has no members.", "Write TEXT.contains(\"...\"), or a list behind in.");
        }

        return Check(where) is MapNode map
            ? _fields.Has(map, what)
            : throw new ExpressionMistake(
                where.Offset, "Behind in stands neither a list, nor a map, nor a range of addresses.", "Write request.method in [\"GET\", \"HEAD\"].");
    }

    private BoolNode InList(SyntaxNode part, Node what, SyntaxNode[] list)
    {
        if (list.Length == 0)
        {
            throw new ExpressionMistake(
                part.Offset, "The list is empty: nothing is in it.", "Put something in, or leave the comparison out.");
        }

        switch (what)
        {
            case TextNode text:
                Expect(list, SyntaxKind.Text, "a text");
                return new ComparisonNodes.TextInList(text, [.. list.Select(entry => TextNodes.Octets(entry.Text))]);
            case IntNode number:
                Expect(list, SyntaxKind.Number, "a number");
                return new ComparisonNodes.IntInList(number, [.. list.Select(entry => entry.Number)]);
            case AddressNode address:
                Expect(list, SyntaxKind.Text, "a range of addresses in quotes");
                return new ComparisonNodes.AddressInRanges(address, [.. list.Select(Range)]);
            default:
                throw new ExpressionMistake(
                    part.Offset, $"{Words.Article(what.Kind)} cannot be in a list.", "Lists hold texts, numbers or addresses.");
        }
    }

    private static void Expect(SyntaxNode[] list, SyntaxKind kind, string noun)
    {
        if (Array.Find(list, entry => entry.Kind != kind) is { } wrong)
        {
            throw new ExpressionMistake(wrong.Offset, $"This entry of the list is not {noun} that is written down.", "What is in front of in says what the list holds.");
        }
    }

    private long Divisor(SyntaxNode part)
    {
        Spend(part, Costs.Plain);
        return part is { Kind: SyntaxKind.Number, Number: not 0 }
            ? part.Number
            : throw new ExpressionMistake(
                part.Offset, "What is divided by must be written down, and not be 0.", "Then a division always has a result.");
    }

    private static IpPrefix Range(SyntaxNode part)
    {
        int slash = part.Text.IndexOf('/', StringComparison.Ordinal);
        if (!IpPrefix.TryParse(part.Text, out IpPrefix range))
        {
            throw new ExpressionMistake(
                part.Offset, $"\"{part.Text}\" is neither an address nor a range.", "Write it like 10.0.0.0/8 or 2001:db8::/32.");
        }

        return slash < 0 || (IpAddress.TryParse(part.Text.AsSpan(0, slash), out IpAddress written) && written == range.Address)
            ? range
            : throw new ExpressionMistake(
                part.Offset, $"\"{part.Text}\" has bits behind its length.", $"Write {range}, or the address alone.");
    }

    private static IpAddress Address(SyntaxNode part) => IpAddress.TryParse(part.Text, out IpAddress address)
        ? address
        : throw new ExpressionMistake(part.Offset, $"\"{part.Text}\" is not an address.", "Write one address, or `in` before a range.");

    private static ExpressionMistake Unlike(SyntaxNode part, Node left, Node right) => new(
        part.Offset,
        left.Kind == right.Kind ? $"\"{part.Text}\" does not take {Words.Of(left.Kind)}." : $"\"{part.Text}\" stands between {Words.Of(left.Kind)} and {Words.Of(right.Kind)}.",
        "Both sides must be of one kind; see the expressions page of the reference.");
}
