using Weir.Config.Model;

namespace Weir.Config.Yaml;

/// <summary>Reads a file and what it includes into one map.</summary>
internal sealed class FileTree
{
    private const int MostDepth = 8;

    private readonly IConfigFiles _files;
    private readonly ErrorList _errors;
    private readonly YamlLimits _limits;
    private readonly Variables _variables;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    internal FileTree(IConfigFiles files, ErrorList errors, YamlLimits limits, Variables variables)
    {
        _files = files;
        _errors = errors;
        _limits = limits;
        _variables = variables;
    }

    /// <summary>Reads a file and what it includes; null after an error was reported.</summary>
    internal MapNode? ReadFile(string file)
    {
        _seen.Add(Path.GetFullPath(file));
        return ReadFile(file, new Position(file, 0, 0), 0);
    }

    /// <summary>Reads a text and what it includes; null after an error was reported.</summary>
    internal MapNode? ReadText(string file, string text, int depth = 0)
    {
        if (text.Length > YamlLimits.MostOctets)
        {
            _errors.Error(new Position(file, 0, 0), "The text is larger than 4 MiB.", "Make it smaller.");
            return null;
        }

        MapNode? map = YamlReader.Read(file, text, _errors, _limits, _variables);
        return map?.Find("include") is { } include ? Include(map, include, depth) : map;
    }

    private MapNode? ReadFile(string file, Position from, int depth)
    {
        byte[]? octets = _files.Read(file, YamlLimits.MostOctets, out string? reason);
        if (octets is null)
        {
            _errors.Error(from, $"The file {file} cannot be read: {reason}.", "Check its name and its permissions.");
            return null;
        }

        return Utf8Text.Decode(file, octets, _errors) is { } text ? ReadText(file, text, depth) : null;
    }

    private MapNode Include(MapNode map, MapEntry include, int depth)
    {
        if (depth >= MostDepth)
        {
            _errors.Error(include.Position, $"Files include each other more than {MostDepth} deep.", "Include them from one file.");
            return map;
        }

        // Anything but words and lists of words is reported where the option is bound.
        IEnumerable<ScalarNode> globs = include.Value switch
        {
            ScalarNode one => [one],
            ListNode list => list.Items.OfType<ScalarNode>(),
            _ => [],
        };
        foreach (ScalarNode glob in globs.Where(glob => glob.Text.Length > 0))
        {
            foreach (string file in Find(glob, map.Position.File))
            {
                if (_seen.Add(Path.GetFullPath(file)) && ReadFile(file, glob.Position, depth + 1) is { } included)
                {
                    map = MapMerge.Merge(map, included, _errors);
                }
            }
        }

        return map;
    }

    private IReadOnlyList<string> Find(ScalarNode glob, string file)
    {
        if (glob.Text.Contains('\0'))
        {
            _errors.Error(glob.Position, "A file's name holds a zero octet.", "Remove it.");
            return [];
        }

        string folder = Path.GetDirectoryName(file) ?? "/";
        if (glob.Text.AsSpan().IndexOfAny('*', '?') < 0)
        {
            return [Path.Combine(folder, glob.Text)];
        }

        int room = YamlLimits.MostFiles - _seen.Count;
        IReadOnlyList<string> found = _files.Find(folder, glob.Text, room + 1);
        if (found.Count > room)
        {
            _errors.Error(glob.Position, $"More than {YamlLimits.MostFiles} files are included.", "Include fewer.");
            return [];
        }

        return found;
    }
}
