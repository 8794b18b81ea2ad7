using Weir.Config.Yaml;

namespace Weir.Config.Checking;

/// <summary>
/// What a configuration may say and this build cannot do. Whoever builds a feature removes its row; the shape is checked either way.
/// </summary>
internal static class Unsupported
{
    private static readonly UnsupportedRow[] _rows =
    [
        new("upstreams.*.servers.*.dns", "Discovery by SRV records", node => node is ScalarNode { Text: var text } && !text.Contains(':')),
    ];

    /// <summary>Reports whatever of the file this build cannot do.</summary>
    internal static void Check(MapNode root, ErrorList errors)
    {
        foreach (UnsupportedRow row in _rows)
        {
            row.Check(root, errors);
        }
    }

    /// <summary>Whether this build lacks the option wholly, so that the effective configuration does not show it.</summary>
    internal static bool IsLacking(string path) => Array.Exists(_rows, row => row.IsWhole && row.Path == path);
}
