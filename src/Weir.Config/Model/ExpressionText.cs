using Weir.Config.Yaml;

namespace Weir.Config.Model;

/// <summary>An expression as it is written; docs/reference/expressions.md has the language. Who asks it compiles it.</summary>
/// <param name="Text">The expression.</param>
/// <param name="Position">Where it begins.</param>
public sealed record ExpressionText(string Text, Position Position)
{
    /// <summary>The scalar it was read from; null where a program made it.</summary>
    internal ScalarNode? Node { get; init; }

    /// <summary>The place of one of its characters.</summary>
    public Position PlaceOf(int offset) => Node is null ? Position : ScalarPlace.Of(Node, offset);

    /// <inheritdoc/>
    public override string ToString() => Text;
}
