using System.Collections;
using Weir.Abstractions.Options;
using Weir.Config.Model;
using Weir.Config.Shapes;
using Weir.Config.Yaml;

namespace Weir.Config.Binding;

/// <summary>
/// Nodes to values, by shape. Every mistake is reported and leaves the default in its place, so that one pass finds them all.
/// </summary>
internal sealed class Binder
{
    private readonly ErrorList _errors;

    internal Binder(ErrorList errors) => _errors = errors;

    /// <summary>A record from a node: a map, the word `off`, or what its shorthand option takes.</summary>
    /// <param name="shape">The record.</param>
    /// <param name="node">What is written.</param>
    /// <param name="label">The key, for messages.</param>
    internal object BindRecord(RecordShape shape, Node node, string label)
    {
        object record = shape.Create();
        shape.Position?.SetValue(record, node.Position);
        if (node is MapNode map)
        {
            BindMap(shape, map, record, label);
            return record;
        }

        if (shape.CanBeOff && node is ScalarNode { Text: "off" })
        {
            shape.Type.GetProperty(nameof(ICanBeOff.IsOff))!.SetValue(record, true);
            return record;
        }

        if (shape.Shorthand is { } shorthand && node is not ScalarNode { IsNull: true })
        {
            SetOption(shorthand, node, record, label);
            return record;
        }

        WrongKind(node, label, shape);
        return record;
    }

    private void BindMap(RecordShape shape, MapNode map, object record, string label)
    {
        List<MapEntry> rest = [];
        foreach (MapEntry entry in map.Entries)
        {
            OptionShape? option = shape.Options.FirstOrDefault(option => option.Name == entry.Key);
            if (option is not null)
            {
                SetOption(option, entry.Value, record, entry.Key);
            }
            else if (shape.Rest is null || !shape.Rest.AcceptsKey(entry.Key))
            {
                UnknownKey(shape, entry, label);
            }
            else
            {
                rest.Add(entry);
            }
        }

        if (shape.Rest is { } restOption && rest.Count > 0)
        {
            SetOption(restOption, map with { Entries = rest }, record, label);
        }

        OptionRules.Check(shape, map, label, _errors);
    }

    private void SetOption(OptionShape option, Node node, object record, string label)
    {
        if (node is ScalarNode scalar && option.IsWordForDefault(scalar.Text))
        {
            return;
        }

        if (option.Attribute.IsRequired && option.Value is ListShape or MapShape && IsEmpty(node))
        {
            string example = option.Attribute.Example is { } text ? $", for example `{option.Name}: {text}`" : "";
            _errors.Error(node.Position, $"\"{option.Name}\" is empty.", $"Put at least one entry into it{example}.");
            return;
        }

        object? value = Bind(option.Value, node, label);
        if (value is not null && Bounds.Check(option, value, node, label, _errors))
        {
            option.Property.SetValue(record, value);
        }
    }

    private static bool IsEmpty(Node node) => node is ListNode { Items.Count: 0 } or MapNode { Entries.Count: 0 };

    private object? Bind(ValueShape shape, Node node, string label)
    {
        if (node is ScalarNode { IsNull: true })
        {
            _errors.Error(node.Position, $"\"{label}\" has no value.", "Write one behind the colon, or remove the key.");
            return null;
        }

        return shape switch
        {
            ScalarShape scalar => BindScalar(scalar, node, label),
            ListShape list => BindList(list, node, label),
            MapShape map => BindNames(map, node, label),
            RecordShape record => BindRecord(record, node, label),
            TargetShape => BindTarget(node, label),
            StackEntryShape => BindStackEntry(node, label),
            _ => throw new NotSupportedException(shape.GetType().Name),
        };
    }

    private object? BindScalar(ScalarShape shape, Node node, string label)
    {
        if (node is not ScalarNode scalar)
        {
            WrongKind(node, label, shape);
            return null;
        }

        Parsed parsed = shape.Parse(scalar.Text, scalar.Position);
        if (parsed.Value is null)
        {
            _errors.Error(node.Position, $"{label}: \"{ScalarNode.Shorten(scalar.Text)}\" {parsed.Cause}.", parsed.Remedy);
        }

        return parsed.Value is ExpressionText expression ? expression with { Node = scalar } : parsed.Value;
    }

    private IList? BindList(ListShape shape, Node node, string label)
    {
        // One entry may stand alone, but a map in place of a list of records has probably lost its dash.
        bool isAlone = node is ScalarNode || (node is MapNode && shape.Item is StackEntryShape);
        if (node is not ListNode && !isAlone)
        {
            WrongKind(node, label, shape);
            return null;
        }

        IReadOnlyList<Node> items = node is ListNode list ? list.Items : [node];
        List<object> values = [];
        foreach (Node item in items)
        {
            if (Bind(shape.Item, item, label) is { } value)
            {
                values.Add(value);
            }
        }

        Array array = Array.CreateInstance(shape.ItemType, values.Count);
        for (int i = 0; i < values.Count; i++)
        {
            array.SetValue(values[i], i);
        }

        return array;
    }

    private IDictionary? BindNames(MapShape shape, Node node, string label)
    {
        if (node is not MapNode map)
        {
            WrongKind(node, label, shape);
            return null;
        }

        IDictionary values = (IDictionary)Activator.CreateInstance(
            typeof(OrderedDictionary<,>).MakeGenericType(typeof(string), shape.ValueType), StringComparer.Ordinal)!;
        foreach (MapEntry entry in map.Entries)
        {
            Parsed key = shape.Key.Parse(entry.Key, entry.Position);
            if (key.Value is null)
            {
                _errors.Error(entry.Position, $"The key \"{ScalarNode.Shorten(entry.Key)}\" {key.Cause}.", key.Remedy);
            }

            object? value = Bind(shape.Value, entry.Value, entry.Key);
            if (value is not null && key.Value is not null)
            {
                Name(shape.Value, value, entry);
                values[entry.Key] = value;
            }
        }

        return values;
    }

    private static void Name(ValueShape shape, object value, MapEntry entry)
    {
        if (shape is RecordShape { IsNamed: true } record)
        {
            record.Type.GetProperty(nameof(INamed.Name))!.SetValue(value, entry.Key);
            record.Position?.SetValue(value, entry.Position);
        }
    }

    private TargetConfig? BindTarget(Node node, string label)
    {
        if (node is ScalarNode scalar && !scalar.Text.Contains("://", StringComparison.Ordinal) && !scalar.Text.Contains(':'))
        {
            return BindScalar(StringShapes.Of(Syntax.Name), node, label) is string name ? new TargetConfig(name, [], node.Position) : null;
        }

        ScalarShape url = ScalarShapes.Find(typeof(OriginUrl))!;
        IReadOnlyList<Node> items = node switch
        {
            ListNode list => list.Items,
            ScalarNode => [node],
            _ => [],
        };
        if (items.Count == 0)
        {
            WrongKind(node, label, new TargetShape());
            return null;
        }

        List<OriginUrl> urls = [.. items.Select(item => BindScalar(url, item, label)).OfType<OriginUrl>()];
        return urls.Count == items.Count ? new TargetConfig("", urls, node.Position) : null;
    }

    private StackEntry? BindStackEntry(Node node, string label)
    {
        if (node is ScalarNode scalar)
        {
            return new StackEntry { Name = scalar.Text, Position = node.Position };
        }

        if (node is MapNode { Entries: [MapEntry only] })
        {
            return new StackEntry { Name = only.Key, Position = only.Position, Node = only.Value };
        }

        if (node is MapNode { Entries.Count: > 1 } map)
        {
            _errors.Error(
                map.Entries[1].Position,
                $"{label}: one entry names two modules, \"{map.Entries[0].Key}\" and \"{ScalarNode.Shorten(map.Entries[1].Key)}\".",
                $"Give each its own `- `, or indent the options below \"{map.Entries[0].Key}:\".");
            return null;
        }

        WrongKind(node, label, new StackEntryShape());
        return null;
    }

    private void WrongKind(Node node, string label, ValueShape expected)
    {
        string remedy = (expected, node) switch
        {
            (ListShape, MapNode) => "Put `- ` in front of each entry.",
            (MapShape or RecordShape { Shorthand: null }, ListNode) => "Write `key: value` lines without `- `.",
            (ScalarShape { Examples: { } examples }, _) => $"Write it as in: {examples}.",
            (ScalarShape, _) => "Write one value behind the colon.",
            (MapShape or RecordShape { Shorthand: null, CanBeOff: false }, _) => "Write `key: value` lines below it.",
            (RecordShape { CanBeOff: true }, _) => "Write `key: value` lines, or the word off.",
            _ => $"Write {expected.Noun}.",
        };
        _errors.Error(node.Position, $"{label}: {node.Kind} stands where {expected.Noun} belongs.", remedy);
    }

    private void UnknownKey(RecordShape shape, MapEntry entry, string label)
    {
        string[] known = [.. shape.Options.Select(option => option.Name)];
        string[] shown = shape.Rest is { } rest ? [.. known, rest.Name] : known;
        string where = label.Length == 0 ? "at the top" : $"in \"{label}\"";
        string remedy = (entry.Key, Nearest.Find(entry.Key, known)) switch
        {
            ("<<", _) => "YAML 1.2 has no merge keys: repeat the keys, or use a named stack.",
            (_, { } near) => $"Did you mean \"{near}\"?",
            _ when shown.Length == 0 => "Remove it: there are no options here.",
            _ => $"Known here: {string.Join(", ", shown)}.",
        };
        _errors.Error(entry.Position, $"The key \"{ScalarNode.Shorten(entry.Key)}\" is not known {where}.", remedy);
    }
}
