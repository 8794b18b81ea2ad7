using System.Text.RegularExpressions;

namespace Weir.Config.Model;

/// <summary>A route's path.</summary>
/// <param name="Kind">How it matches.</param>
/// <param name="Path">The exact path; the prefix without its "/*" (empty for "/*"); or the regular expression without "~ ".</param>
/// <param name="Position">Where it is written.</param>
public sealed record PathPattern(PathKind Kind, string Path, Position Position)
{
    /// <summary>The regular expression of a <see cref="PathKind.Regex"/> pattern: linear in time, not anchored by itself.</summary>
    public Regex ToRegex(bool ignoreCase) => new(Path, Patterns.Options | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None));

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        PathKind.Exact => Path,
        PathKind.Prefix => Path + "/*",
        _ => "~ " + Path,
    };
}
