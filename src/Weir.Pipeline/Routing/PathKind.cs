namespace Weir.Pipeline.Routing;

/// <summary>How a <see cref="PathPattern"/> takes paths.</summary>
public enum PathKind : byte
{
    /// <summary>Every path: the route names none.</summary>
    Any,

    /// <summary>One path.</summary>
    Exact,

    /// <summary>A path and everything below it: <c>/api/*</c>.</summary>
    Prefix,

    /// <summary>What a regular expression finds: <c>~ ^/x</c>.</summary>
    Regex,
}
