using Weir.Config.Model;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Weir.Config.Yaml;

/// <summary>
/// Text to nodes. A mistake in the YAML itself ends the file, since what follows has no certain meaning; doubled keys and undefined
/// variables are reported and passed over.
/// </summary>
internal sealed class YamlReader
{
    private readonly string _file;
    private readonly string _text;
    private readonly ErrorList _errors;
    private readonly YamlLimits _limits;
    private readonly Variables _variables;
    private readonly Dictionary<string, Anchored> _anchors = new(StringComparer.Ordinal);
    private readonly Parser _parser;
    private Position _last;

    private YamlReader(string file, string text, ErrorList errors, YamlLimits limits, Variables variables)
    {
        _file = file;
        _text = text;
        _errors = errors;
        _limits = limits;
        _variables = variables;
        _last = new Position(file, 1, 1);
        _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
    }

    /// <summary>Reads a file's text. Null after an error was reported.</summary>
    internal static MapNode? Read(string file, string text, ErrorList errors, YamlLimits limits, Variables variables)
    {
        YamlReader? reader = null;
        try
        {
            reader = new YamlReader(file, text, errors, limits, variables);
            return reader.ReadDocument();
        }
        catch (YamlRefusal refusal)
        {
            errors.Error(refusal.Position, refusal.Message, refusal.Remedy);
        }
        catch (YamlException exception)
        {
            SyntaxAdvice.Report(file, text, exception, errors);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The library's scanner throws other kinds for some malformed texts; whatever it is, the file is not YAML.
            SyntaxAdvice.ReportLost(text, reader?._last ?? new Position(file, 1, 1), errors);
        }

        return null;
    }

    private MapNode? ReadDocument()
    {
        Next<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
        {
            return new MapNode(new Position(_file, 1, 1), []);
        }

        Next<DocumentStart>();
        Node node = ReadNode(0).Node;
        Next<DocumentEnd>();
        if (!_parser.Accept<StreamEnd>(out _))
        {
            throw Refuse(Place(_parser.Current), "A second document begins here.", "Keep one document in a file: remove the `---` line.");
        }

        if (node is MapNode map)
        {
            return map;
        }

        if (node is ScalarNode { IsNull: true })
        {
            return new MapNode(node.Position, []);
        }

        _errors.Error(node.Position, $"The file holds {node.Kind}, not a map.", "Begin with a key: `sites:`.");
        return null;
    }

    private Anchored ReadNode(int depth)
    {
        ParsingEvent? current = Peek();
        Position position = Place(current);
        if (depth > YamlLimits.MostDepth)
        {
            throw Refuse(position, $"The nesting is deeper than {YamlLimits.MostDepth}.", "Nest less.");
        }

        if (current is AnchorAlias alias)
        {
            _parser.MoveNext();
            return ReadAlias(alias, position, depth);
        }

        if (!_limits.TakeNodes(1))
        {
            throw TooMany(position);
        }

        if (current is NodeEvent { Tag.IsEmpty: false } tagged && tagged.Tag.Value != "!")
        {
            throw Refuse(
                position, $"The tag {ShowTag(tagged.Tag.Value)} has no meaning here.", "Remove it: the option says how a value is read.");
        }

        Anchored read = current switch
        {
            Scalar scalar => ReadScalar(scalar, position),
            SequenceStart => ReadList(position, depth),
            MappingStart => ReadMap(position, depth),
            _ => throw Refuse(position, "What follows here is not YAML.", "Compare the indentation with the examples."),
        };
        if (current is NodeEvent { Anchor.IsEmpty: false } anchor)
        {
            _anchors[anchor.Anchor.Value] = read;
        }

        return read;
    }

    private Anchored ReadAlias(AnchorAlias alias, Position position, int depth)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out Anchored anchored))
        {
            throw Refuse(
                position,
                $"*{alias.Value.Value} names an anchor that does not stand above.",
                $"An unquoted * begins an alias: write \"*{alias.Value.Value}\" if a text is meant.");
        }

        if (depth + anchored.Height > YamlLimits.MostDepth)
        {
            throw Refuse(position, $"The nesting is deeper than {YamlLimits.MostDepth}.", "Nest less.");
        }

        return _limits.TakeNodes(anchored.Size) ? anchored : throw TooMany(position);
    }

    private Anchored ReadScalar(Scalar scalar, Position position)
    {
        _parser.MoveNext();
        return new Anchored(ToScalar(scalar, position), 1, 1);
    }

    private ScalarNode ToScalar(Scalar scalar, Position position)
    {
        bool isPlain = scalar.Style == ScalarStyle.Plain;
        return new ScalarNode(position, _variables.Expand(scalar.Value, position, isPlain), isPlain) { Written = WrittenFor(scalar) };
    }

    private string? WrittenFor(Scalar scalar)
    {
        int begin = (int)Math.Clamp(scalar.Start.Index, 0, _text.Length);
        int end = (int)Math.Clamp(scalar.End.Index, begin, _text.Length);
        return _text.AsSpan(begin, end - begin).SequenceEqual(scalar.Value) && !scalar.Value.Contains("${", StringComparison.Ordinal)
            ? null
            : _text[begin..end];
    }

    private Anchored ReadList(Position position, int depth)
    {
        _parser.MoveNext();
        List<Node> items = [];
        int size = 1;
        int height = 0;
        while (Peek() is not SequenceEnd)
        {
            Anchored item = ReadNode(depth + 1);
            items.Add(item.Node);
            size += item.Size;
            height = Math.Max(height, item.Height);
        }

        _parser.MoveNext();
        return new Anchored(new ListNode(position, items), size, height + 1);
    }

    private Anchored ReadMap(Position position, int depth)
    {
        _parser.MoveNext();
        List<MapEntry> entries = [];
        Dictionary<string, Position> seen = new(StringComparer.Ordinal);
        int size = 1;
        int height = 0;
        while (Peek() is not MappingEnd)
        {
            ScalarNode key = ReadKey();
            Anchored value = ReadNode(depth + 1);
            size += value.Size + 1;
            height = Math.Max(height, value.Height);
            if (seen.TryAdd(key.Text, key.Position))
            {
                entries.Add(new MapEntry(key.Text, key.Position, value.Node));
                continue;
            }

            Position first = seen[key.Text];
            _errors.Error(
                key.Position,
                $"The key \"{ScalarNode.Shorten(key.Text)}\" is there twice; the first is at line {first.Line}.",
                "Remove one of the two, or put what they hold together.");
        }

        _parser.MoveNext();
        return new Anchored(new MapNode(position, entries), size, height + 1);
    }

    private ScalarNode ReadKey()
    {
        ParsingEvent? current = Peek();
        Position position = Place(current);
        if (current is AnchorAlias alias)
        {
            throw Refuse(
                position,
                $"A key begins with an unquoted *, which YAML reads as an alias.",
                $"Write it in quotes: \"*{alias.Value.Value}\".");
        }

        if (current is not Scalar scalar)
        {
            throw Refuse(position, "A key is a list or a map.", "Write a word as the key; a value in {} or [] goes behind the colon.");
        }

        if (!_limits.TakeNodes(1))
        {
            throw TooMany(position);
        }

        _parser.MoveNext();
        return ToScalar(scalar, position);
    }

    private ParsingEvent? Peek()
    {
        if (!_parser.Accept<ParsingEvent>(out ParsingEvent? current))
        {
            throw Refuse(_last, "The file ends in the middle of a value.", "Close what is open.");
        }

        _last = Place(current);
        return current;
    }

    private void Next<T>()
        where T : ParsingEvent
    {
        if (Peek() is not T)
        {
            throw Refuse(_last, "What follows here is not YAML.", "Compare the indentation with the examples.");
        }

        _parser.MoveNext();
    }

    private Position Place(ParsingEvent? parsed) => parsed is null
        ? _last
        : new Position(_file, (int)Math.Max(1, parsed.Start.Line), (int)Math.Max(1, parsed.Start.Column));

    private static string ShowTag(string tag) => ScalarNode.Shorten(tag.Replace("tag:yaml.org,2002:", "!!", StringComparison.Ordinal));

    private static YamlRefusal TooMany(Position position) =>
        Refuse(position, "The configuration is too large once its aliases are followed.", "Use fewer aliases, or named stacks.");

    private static YamlRefusal Refuse(Position position, string cause, string remedy) => new(position, cause, remedy);

    /// <summary>A node with what it weighs: an alias costs as much as what it stands for.</summary>
    private readonly record struct Anchored(Node Node, int Size, int Height);
}
