// Hot: asked for each request that reaches it.
using Weir.Abstractions.Exchanges;
using Weir.Expressions.Checking;
using Weir.Expressions.Evaluation;
using Weir.Expressions.Matching;

namespace Weir.Expressions;

/// <summary>An expression that is true or false. Immutable; any loop may ask it. Asking allocates nothing and never fails.</summary>
public sealed class Condition
{
    private readonly BoolNode _root;
    private readonly bool _makesTexts;

    internal Condition(string text, BoolNode root, Checker checker)
    {
        _makesTexts = checker.MakesTexts;
        Text = text;
        _root = root;
        Needs = checker.Needs;
        if (Needs.HasFlag(ExpressionNeeds.TlsFingerprint))
        {
            TlsFingerprints.Want();
        }
    }

    /// <summary>The expression as written.</summary>
    public string Text { get; }

    /// <summary>What must be there beforehand.</summary>
    public ExpressionNeeds Needs { get; }

    /// <summary>Literals of which at least one is found wherever it is true; null: nothing can be said.</summary>
    internal Literal[]? Hints => _root.Hints;

    /// <summary>Whether it is true of an exchange. Runs on the exchange's loop.</summary>
    public bool Holds(Exchange exchange)
    {
        if (_makesTexts)
        {
            Scratch.Begin();
        }

        return _root.Evaluate(exchange);
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
