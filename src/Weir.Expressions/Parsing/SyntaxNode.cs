namespace Weir.Expressions.Parsing;

/// <summary>A part of an expression as it is written.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Offset">Where it begins; of an operator, where the operator stands.</param>
/// <param name="Text">A name, an operator, a text.</param>
/// <param name="Children">What it is made of.</param>
/// <param name="Number">The value of a number or a truth.</param>
internal sealed record SyntaxNode(SyntaxKind Kind, int Offset, string Text, SyntaxNode[] Children, long Number = 0);
