using Weir.Expressions.Checking;

namespace Weir.Expressions.Evaluation;

/// <summary>A compiled part of an expression. Immutable; any loop may ask it.</summary>
internal abstract class Node
{
    /// <summary>What it is worth.</summary>
    public abstract ValueKind Kind { get; }
}
