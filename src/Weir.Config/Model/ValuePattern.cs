using System.Text.RegularExpressions;

namespace Weir.Config.Model;

/// <summary>What a header field, a query parameter or a cookie must be.</summary>
/// <param name="Text">The value, or the regular expression without "~ ".</param>
/// <param name="IsRegex">Whether it is a regular expression.</param>
/// <param name="Position">Where it is written.</param>
public sealed record ValuePattern(string Text, bool IsRegex, Position Position)
{
    /// <summary>The regular expression: linear in time, not anchored by itself.</summary>
    public Regex ToRegex() => new(Text, Patterns.Options);

    /// <inheritdoc/>
    public override string ToString() => IsRegex ? "~ " + Text : Text;
}
