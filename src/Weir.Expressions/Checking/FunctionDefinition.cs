namespace Weir.Expressions.Checking;

/// <summary>A function or an operator, for the reference page; what it takes is checked by the code that knows it.</summary>
/// <param name="Form">How it is written: "TEXT.startsWith(TEXT)".</param>
/// <param name="Cost">What it adds to the cost of an expression.</param>
/// <param name="Text">One sentence.</param>
public sealed record FunctionDefinition(string Form, int Cost, string Text);
