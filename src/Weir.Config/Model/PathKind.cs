namespace Weir.Config.Model;

/// <summary>How a path pattern matches.</summary>
public enum PathKind
{
    /// <summary>The whole path.</summary>
    Exact,

    /// <summary>The path and everything below it, at a segment boundary.</summary>
    Prefix,

    /// <summary>A regular expression.</summary>
    Regex,
}
