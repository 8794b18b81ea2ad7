namespace Weir.Expressions;

/// <summary>Why an expression cannot be used.</summary>
/// <param name="Offset">Where it begins to be wrong: characters from the start of the expression.</param>
/// <param name="Cause">What is wrong, as a sentence.</param>
/// <param name="Remedy">What to do, as a sentence.</param>
public sealed record ExpressionError(int Offset, string Cause, string Remedy);
