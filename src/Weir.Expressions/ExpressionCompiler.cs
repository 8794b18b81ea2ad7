using System.Diagnostics.CodeAnalysis;
using Weir.Expressions.Checking;
using Weir.Expressions.Evaluation;
using Weir.Expressions.Parsing;

namespace Weir.Expressions;

/// <summary>Text to something that can be asked. For the time a configuration loads.</summary>
public static class ExpressionCompiler
{
    /// <summary>Compiles an expression that is true or false.</summary>
    public static bool TryCompile(
        string text, ExpressionScope scope, [NotNullWhen(true)] out Condition? condition, [NotNullWhen(false)] out ExpressionError? error)
    {
        condition = null;
        try
        {
            SyntaxNode tree = Parser.Parse(text);
            Checker checker = new(scope);
            if (checker.Check(tree) is not BoolNode root)
            {
                throw new ExpressionMistake(
                    tree.Offset, "The whole is neither true nor false.", "Compare it with something, as in request.method == \"GET\".");
            }

            condition = new Condition(text, root, checker);
            error = null;
            return true;
        }
        catch (ExpressionMistake mistake)
        {
            error = mistake.Error;
            return false;
        }
    }

    /// <summary>Compiles an expression whose value is a key.</summary>
    public static bool TryCompileKey(
        string text, ExpressionScope scope, [NotNullWhen(true)] out KeyExpression? key, [NotNullWhen(false)] out ExpressionError? error)
    {
        key = null;
        try
        {
            SyntaxNode tree = Parser.Parse(text);
            Checker checker = new(scope);
            SyntaxNode[] parts = tree.Kind == SyntaxKind.List ? tree.Children : [tree];
            if (parts.Length == 0)
            {
                throw new ExpressionMistake(
                    tree.Offset, "The list is empty.", "Name what tells requests apart, as in [client.ip, request.host].");
            }

            key = new KeyExpression(text, [.. parts.Select(part => CheckPart(checker, part))], checker.Needs);
            error = null;
            return true;
        }
        catch (ExpressionMistake mistake)
        {
            error = mistake.Error;
            return false;
        }
    }

    private static Node CheckPart(Checker checker, SyntaxNode part)
    {
        Node node = checker.Check(part);
        return node is TextNode or IntNode or AddressNode or BoolNode
            ? node
            : throw new ExpressionMistake(
                part.Offset, $"{Words.Article(node.Kind)} tells no requests apart.", "Pick one of its entries, as in request.headers[\"x-api-key\"].");
    }
}
