using Weir.Config.Yaml;

namespace Weir.Config.Checking;

/// <summary>One thing that this build lacks.</summary>
internal sealed class UnsupportedRow
{
    private readonly string[] _segments;
    private readonly string _feature;
    private readonly Func<Node, bool>? _when;

    /// <param name="path">Where it is written; * stands for any key and any entry.</param>
    /// <param name="feature">What it is, with a capital letter.</param>
    /// <param name="when">Which values need it; null: all.</param>
    internal UnsupportedRow(string path, string feature, Func<Node, bool>? when = null)
    {
        Path = path;
        _segments = path.Split('.');
        _feature = feature;
        _when = when;
    }

    internal string Path { get; }

    /// <summary>Whether nothing of the option works.</summary>
    internal bool IsWhole => _when is null;

    internal void Check(MapNode root, ErrorList errors) => Walk(root, root, 0, errors);

    private void Walk(Node node, Node place, int depth, ErrorList errors)
    {
        if (depth == _segments.Length)
        {
            Report(node, place, errors);
            return;
        }

        string segment = _segments[depth];
        if (node is MapNode map)
        {
            foreach (MapEntry entry in map.Entries.Where(entry => segment == "*" || entry.Key == segment))
            {
                Walk(entry.Value, new ScalarNode(entry.Position, entry.Key, true), depth + 1, errors);
            }
        }

        if (node is ListNode list && segment == "*")
        {
            foreach (Node item in list.Items)
            {
                Walk(item, item, depth + 1, errors);
            }
        }
    }

    private void Report(Node node, Node place, ErrorList errors)
    {
        if (_when is null || _when(node))
        {
            errors.Error(
                _when is null ? place.Position : node.Position,
                $"{_feature}: not supported by this build yet.",
                "Remove it, or use a build that has it.");
        }
    }
}
