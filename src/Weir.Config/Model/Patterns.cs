using System.Text.RegularExpressions;

namespace Weir.Config.Model;

/// <summary>How regular expressions of the configuration are compiled.</summary>
internal static class Patterns
{
    /// <summary>NonBacktracking: no request can make a match take more than linear time.</summary>
    internal const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
}
