namespace Weir.Expressions.Parsing;

/// <summary>Tokens to a tree, by CEL's grammar and precedence.</summary>
internal sealed class Parser
{
    private static readonly string[] _relations = ["==", "!=", "<", "<=", ">", ">="];

    private readonly Lexer _lexer;
    private Token _current;
    private int _depth;

    private Parser(string text)
    {
        _lexer = new Lexer(text);
        _current = _lexer.Next();
    }

    /// <summary>Reads a whole expression.</summary>
    /// <exception cref="ExpressionMistake">It is none.</exception>
    public static SyntaxNode Parse(string text)
    {
        if (text.Length > ExpressionLimits.Characters)
        {
            throw new ExpressionMistake(
                ExpressionLimits.Characters, $"The expression has more than {ExpressionLimits.Characters} characters.", "Make several rules of it.");
        }

        Parser parser = new(text);
        if (parser._current.Kind == TokenKind.End)
        {
            throw new ExpressionMistake(0, "The expression is empty.", "Write one, as in request.method == \"GET\".");
        }

        SyntaxNode whole = parser.ReadConditional();
        if (parser._current.Kind != TokenKind.End)
        {
            throw parser.Unexpected(parser._current.Is("=") ? "Write == to compare." : "An operator such as && is missing in front of it.");
        }

        return whole;
    }

    private SyntaxNode ReadConditional()
    {
        Enter();
        SyntaxNode condition = ReadOr();
        if (_current.Is("?"))
        {
            int offset = Take().Offset;
            SyntaxNode first = ReadConditional();
            Expect(":", "A conditional is CONDITION ? VALUE : VALUE.");
            condition = new SyntaxNode(SyntaxKind.Conditional, offset, "", [condition, first, ReadConditional()]);
        }

        _depth--;
        return condition;
    }

    private SyntaxNode ReadOr() => ReadMany("||", SyntaxKind.Or, ReadAnd);

    private SyntaxNode ReadAnd() => ReadMany("&&", SyntaxKind.And, ReadRelation);

    // Chains are one node: a hundred alternatives are a list, not a hundred levels.
    private SyntaxNode ReadMany(string sign, SyntaxKind kind, Func<SyntaxNode> read)
    {
        SyntaxNode first = read();
        if (!_current.Is(sign))
        {
            return first;
        }

        int offset = _current.Offset;
        List<SyntaxNode> all = [first];
        while (_current.Is(sign))
        {
            Take();
            all.Add(read());
        }

        return new SyntaxNode(kind, offset, sign, [.. all]);
    }

    private SyntaxNode ReadRelation()
    {
        SyntaxNode left = ReadSum();
        if (!IsRelation(_current))
        {
            return left;
        }

        Token sign = Take();
        SyntaxNode relation = new(SyntaxKind.Binary, sign.Offset, sign.Text, [left, ReadSum()]);
        return IsRelation(_current)
            ? throw Unexpected("One comparison follows another: join them with && or brackets.")
            : relation;
    }

    private static bool IsRelation(Token token) => token.IsWord("in") || (token.Kind == TokenKind.Sign && _relations.Contains(token.Text));

    private SyntaxNode ReadSum() => ReadBinary(["+", "-"], ReadProduct);

    private SyntaxNode ReadProduct() => ReadBinary(["*", "/", "%"], ReadUnary);

    private SyntaxNode ReadBinary(string[] signs, Func<SyntaxNode> read)
    {
        SyntaxNode left = read();
        int before = _depth;
        while (_current.Kind == TokenKind.Sign && signs.Contains(_current.Text))
        {
            Enter();
            Token sign = Take();
            left = new SyntaxNode(SyntaxKind.Binary, sign.Offset, sign.Text, [left, read()]);
        }

        _depth = before;
        return left;
    }

    private SyntaxNode ReadUnary()
    {
        if (!_current.Is("!") && !_current.Is("-"))
        {
            return ReadMember();
        }

        Enter();
        Token sign = Take();
        SyntaxNode child = ReadUnary();
        _depth--;
        return new SyntaxNode(sign.Text == "!" ? SyntaxKind.Not : SyntaxKind.Negate, sign.Offset, sign.Text, [child]);
    }

    private SyntaxNode ReadMember()
    {
        SyntaxNode node = ReadPrimary();
        int before = _depth;
        while (_current.Is(".") || _current.Is("["))
        {
            Enter();
            node = _current.Is(".") ? ReadSelection(node) : ReadIndex(node);
        }

        _depth = before;
        return node;
    }

    private SyntaxNode ReadSelection(SyntaxNode of)
    {
        Take();
        Token name = _current;
        if (name.Kind != TokenKind.Name)
        {
            throw Unexpected("A name follows a dot.");
        }

        Take();
        return _current.Is("(")
            ? new SyntaxNode(SyntaxKind.Method, name.Offset, name.Text, [of, .. ReadList("(", ")")])
            : new SyntaxNode(SyntaxKind.Select, name.Offset, name.Text, [of]);
    }

    private SyntaxNode ReadIndex(SyntaxNode of)
    {
        int offset = Take().Offset;
        SyntaxNode index = ReadConditional();
        Expect("]", "An index is closed by ].");
        return new SyntaxNode(SyntaxKind.Index, offset, "", [of, index]);
    }

    private SyntaxNode ReadPrimary()
    {
        Token token = _current;
        switch (token.Kind)
        {
            case TokenKind.Number:
                Take();
                return new SyntaxNode(SyntaxKind.Number, token.Offset, token.Text, [], token.Number);
            case TokenKind.Text:
                Take();
                return new SyntaxNode(SyntaxKind.Text, token.Offset, token.Text, []);
            case TokenKind.Name:
                return ReadName();
            case TokenKind.Sign when token.Text == "(":
                Take();
                SyntaxNode inner = ReadConditional();
                Expect(")", "A bracket is not closed.");
                return inner;
            case TokenKind.Sign when token.Text == "[":
                return new SyntaxNode(SyntaxKind.List, token.Offset, "", [.. ReadList("[", "]")]);
            default:
                throw Unexpected("A value belongs here: a field such as request.path, a text in quotes, a number.");
        }
    }

    private SyntaxNode ReadName()
    {
        Token name = Take();
        if (name.Text is "true" or "false")
        {
            return new SyntaxNode(SyntaxKind.Bool, name.Offset, name.Text, [], name.Text == "true" ? 1 : 0);
        }

        return _current.Is("(")
            ? new SyntaxNode(SyntaxKind.Call, name.Offset, name.Text, [.. ReadList("(", ")")])
            : new SyntaxNode(SyntaxKind.Name, name.Offset, name.Text, []);
    }

    private List<SyntaxNode> ReadList(string open, string close)
    {
        Expect(open, "");
        List<SyntaxNode> entries = [];
        while (!_current.Is(close))
        {
            entries.Add(ReadConditional());
            if (_current.Is(","))
            {
                Take();
            }
            else if (!_current.Is(close))
            {
                throw Unexpected($"Entries are parted by commas, and {close} ends them.");
            }
        }

        Take();
        return entries;
    }

    private void Enter()
    {
        if (++_depth > ExpressionLimits.Depth)
        {
            throw new ExpressionMistake(
                _current.Offset, $"The expression is nested deeper than {ExpressionLimits.Depth}.", "Make several rules of it.");
        }
    }

    private Token Take()
    {
        Token taken = _current;
        _current = _lexer.Next();
        return taken;
    }

    private void Expect(string sign, string remedy)
    {
        if (!_current.Is(sign))
        {
            throw Unexpected(remedy);
        }

        Take();
    }

    private ExpressionMistake Unexpected(string remedy) => new(
        _current.Offset,
        _current.Kind switch
        {
            TokenKind.End => "The expression ends too early.",
            TokenKind.Text => "A text in quotes does not belong here.",
            _ => $"\"{_current.Text}\" does not belong here.",
        },
        remedy);
}
