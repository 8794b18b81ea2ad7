using Weir.Abstractions.Options;
using Weir.Config.Model;
using Weir.Config.Yaml;

namespace Weir.Config;

/// <summary>Where a module's options are written, for what its factory reports.</summary>
public static class ModulePlaces
{
    /// <summary>
    /// The place of an option by its path within the module ("to", "set.X-Frame-Options", "rules.2.from" or "rules[2].from"); the deepest
    /// part of the path that is written, and the module's own place for an empty path or a bare word.
    /// </summary>
    public static Position Find(StackEntry entry, string option)
    {
        if (entry.Node is not { } node || option.Length == 0)
        {
            return entry.Position;
        }

        return Find(node, option, node is MapNode ? entry.Position : node.Position);
    }

    /// <summary>What a factory found, with its place.</summary>
    public static ConfigError ToError(StackEntry entry, string option, string cause, string remedy, bool isWarning = false)
    {
        Position place = Find(entry, option);
        string subject = option.Length == 0 ? entry.Name : $"{entry.Name}.{option}";
        return new ConfigError(place.File, place.Line, place.Column, $"{subject}: {cause}", remedy, isWarning);
    }

    /// <summary>What a factory found within the text of an option.</summary>
    /// <param name="entry">The module.</param>
    /// <param name="option">The option's path.</param>
    /// <param name="offset">Characters from the start of the option's text.</param>
    /// <param name="cause">What is wrong.</param>
    /// <param name="remedy">What to do.</param>
    public static ConfigError ToError(StackEntry entry, string option, int offset, string cause, string remedy)
    {
        ConfigError whole = ToError(entry, option, cause, remedy);
        if (entry.Node is null || FindNode(entry.Node, option) is not ScalarNode scalar)
        {
            return whole;
        }

        Position place = ScalarPlace.Of(scalar, offset);
        return whole with { File = place.File, Line = place.Line, Column = place.Column };
    }

    /// <summary>A file named in the module's options, relative to the folder of the configuration file that the module stands in.</summary>
    public static string ResolvePath(StackEntry entry, string path) => ResolvePath(entry.Position, path);

    /// <summary>A file named in the configuration, relative to the folder of the configuration file that names it.</summary>
    public static string ResolvePath(Position position, string path) =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(position.File) ?? "", path));

    private static Position Find(Node node, string path, Position found)
    {
        string rest = path.TrimStart('.');
        if (rest.Length == 0)
        {
            return found;
        }

        if (node is MapNode map && Longest(map, rest) is { } entry)
        {
            return Find(entry.Value, rest[entry.Key.Length..], entry.Position);
        }

        if (node is ListNode list && Index(rest, out int length) is { } index && index < list.Items.Count)
        {
            return Find(list.Items[index], rest[length..], list.Items[index].Position);
        }

        return found;
    }

    private static Node? FindNode(Node node, string path)
    {
        string rest = path.TrimStart('.');
        if (rest.Length == 0)
        {
            return node;
        }

        if (node is MapNode map && Longest(map, rest) is { } entry)
        {
            return FindNode(entry.Value, rest[entry.Key.Length..]);
        }

        return node is ListNode list && Index(rest, out int length) is { } index && index < list.Items.Count
            ? FindNode(list.Items[index], rest[length..])
            : null;
    }

    // Keys may hold dots themselves ("set.X.Y"): the longest that fits is meant.
    private static MapEntry? Longest(MapNode map, string path)
    {
        MapEntry? longest = null;
        foreach (MapEntry entry in map.Entries)
        {
            bool fits = path.StartsWith(entry.Key, StringComparison.Ordinal)
                && (path.Length == entry.Key.Length || path[entry.Key.Length] is '.' or '[');
            longest = fits && entry.Key.Length > (longest?.Key.Length ?? 0) ? entry : longest;
        }

        return longest;
    }

    private static int? Index(string path, out int length)
    {
        int start = path.StartsWith('[') ? 1 : 0;
        int end = path.AsSpan(start).IndexOfAnyExceptInRange('0', '9');
        end = end < 0 ? path.Length : start + end;
        length = start == 1 && end < path.Length && path[end] == ']' ? end + 1 : end;
        return int.TryParse(path.AsSpan(start, end - start), out int index) ? index : null;
    }
}
