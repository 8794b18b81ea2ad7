namespace Weir.Expressions;

/// <summary>Ends the reading of an expression at its first mistake. It never leaves this project.</summary>
internal sealed class ExpressionMistake : Exception
{
    /// <param name="offset">Characters from the start of the expression.</param>
    /// <param name="cause">What is wrong, as a sentence.</param>
    /// <param name="remedy">What to do, as a sentence.</param>
    public ExpressionMistake(int offset, string cause, string remedy)
        : base(cause) => Error = new ExpressionError(offset, cause, remedy);

    /// <summary>What is told.</summary>
    public ExpressionError Error { get; }
}
