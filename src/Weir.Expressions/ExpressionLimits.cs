namespace Weir.Expressions;

/// <summary>
/// How large an expression may be. Together with the bounds on a message's head they bound what one evaluation takes: each node looks at
/// each octet of its text at most once, or, for `contains`, as often as its constant is long.
/// </summary>
public static class ExpressionLimits
{
    /// <summary>The longest expression, in characters.</summary>
    public const int Characters = 4096;

    /// <summary>How deep brackets and operators may be nested.</summary>
    public const int Depth = 32;

    /// <summary>The dearest expression: the sum over its parts, as the reference page tells them.</summary>
    public const int Cost = 1000;

    /// <summary>The longest regular expression, and the longest text that `contains` looks for, in characters.</summary>
    public const int Pattern = 512;
}
