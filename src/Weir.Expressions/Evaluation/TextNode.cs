using Weir.Abstractions.Exchanges;
using Weir.Expressions.Checking;

namespace Weir.Expressions.Evaluation;

/// <summary>A text. What it returns is valid until the exchange changes, or the next expression is asked on the thread.</summary>
internal abstract class TextNode : Node
{
    public override ValueKind Kind => ValueKind.Text;

    public abstract ReadOnlySpan<byte> Evaluate(Exchange exchange);

    /// <summary>What it reads, by a name that is the same for all that read the same; null for what is made of several things.</summary>
    public virtual string? Source => null;
}
