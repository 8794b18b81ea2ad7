namespace Weir.Expressions;

/// <summary>What is known where an expression is asked.</summary>
[Flags]
public enum ExpressionScope : byte
{
    /// <summary>The request, the client and its connection.</summary>
    Request = 1,

    /// <summary>The route that was chosen, and the tags that modules above set.</summary>
    Route = 2,

    /// <summary>The head of the response.</summary>
    Response = 4,

    /// <summary>Everything.</summary>
    All = Request | Route | Response,
}
