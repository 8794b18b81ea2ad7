using Weir.Expressions.Evaluation;

namespace Weir.Expressions.Checking;

/// <summary>A field that expressions may name.</summary>
/// <param name="Name">Its name, with what it belongs to: "request.path".</param>
/// <param name="Kind">What it is worth.</param>
/// <param name="Scope">What must be known.</param>
/// <param name="Text">One sentence for the reference page.</param>
public sealed record FieldDefinition(string Name, ValueKind Kind, ExpressionScope Scope, string Text)
{
    /// <summary>Reads it.</summary>
    internal Node Node { get; init; } = null!;

    /// <summary>What must be there beforehand.</summary>
    internal ExpressionNeeds Needs { get; init; }
}
