using System.Text;
using Weir.Config.Checking;
using Weir.Config.Model;
using Weir.Config.Shapes;

namespace Weir.Config.Writing;

/// <summary>
/// Writes a configuration with all its defaults, includes merged and named stacks put in place, as YAML that reads back as the same
/// configuration. What is unset and has no value to show stands as a comment.
/// </summary>
public static class EffectiveConfig
{
    /// <summary>The YAML text, for `weir check --effective`.</summary>
    public static string Write(WeirConfig config)
    {
        List<string> lines = [];
        WriteOptions(ValueShapes.OfRecord(typeof(WeirConfig)), config, "", lines);
        StringBuilder text = new();
        foreach (string line in lines)
        {
            text.Append(line).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>One record of the model, or a module's options, with all its defaults.</summary>
    internal static string WriteRecord(object record)
    {
        // The place is none of the file's own: what the page of the whole file leaves out counts here.
        List<string> lines = [];
        WriteOptions(ValueShapes.OfRecord(record.GetType()), record, "*", lines);
        return string.Join('\n', lines);
    }

    private static void WriteOptions(RecordShape shape, object record, string path, List<string> lines)
    {
        foreach (OptionShape option in shape.Options)
        {
            string place = path.Length == 0 ? option.Name : $"{path}.{option.Name}";
            if (!Unsupported.IsLacking(place) && !IsShownElsewhere(place, record))
            {
                WriteOption(option, option.Property.GetValue(record), place, lines);
            }
        }

        if (shape.Rest?.Property.GetValue(record) is System.Collections.IEnumerable rest)
        {
            WriteEntries((MapShape)shape.Rest.Value, rest, path, lines);
        }
    }

    // Included files and named stacks stand in their places by now; the one route of a site with `to` is that `to`; hashing has no policy
    // beside it.
    private static bool IsShownElsewhere(string place, object record) =>
        place is "include" or "stacks"
        || (place == "sites.*.routes" && record is SiteConfig { To: not null })
        || (place == "upstreams.*.balance.policy" && record is BalanceConfig { Hash: not null });

    private static void WriteOption(OptionShape option, object? value, string place, List<string> lines)
    {
        bool isUnset = value is null
            || (option.Attribute.Default is not null && option.Value is RecordShape && value.Equals(option.Initial));
        if (!isUnset)
        {
            WriteValue(option.Name, option.Value, value!, place, lines);
        }
        else if (option.Attribute.Default is { } text && text != "none")
        {
            lines.Add($"# {option.Name}: {text}");
        }
    }

    private static void WriteValue(string key, ValueShape shape, object value, string place, List<string> lines)
    {
        if (value is ICanBeOff { IsOff: true })
        {
            lines.Add($"{key}: off");
            return;
        }

        string? flow = shape is RecordShape record ? ShortForm(record, value) : YamlText.Flow(shape, value);
        if (flow is not null)
        {
            lines.Add($"{key}: {flow}");
            return;
        }

        List<string> block = [];
        bool isList = shape is ListShape;
        if (shape is ListShape list)
        {
            WriteItems(list, (System.Collections.IEnumerable)value, place, block);
        }
        else if (shape is MapShape map)
        {
            WriteEntries(map, (System.Collections.IEnumerable)value, place, block);
        }
        else
        {
            WriteOptions((RecordShape)shape, value, place, block);
        }

        if (!block.Exists(line => !line.TrimStart().StartsWith('#')))
        {
            lines.Add($"{key}: {(isList ? "[]" : "{}")}");
            return;
        }

        lines.Add(key + ":");
        lines.AddRange(block.Select(line => "  " + line));
    }

    /// <summary>"tls: off", where nothing but the shorthand option is set; null where the whole map is to be written.</summary>
    private static string? ShortForm(RecordShape shape, object record)
    {
        bool isAlone = shape.Options.All(option => option == shape.Shorthand
            || option.Property.GetValue(record) is null or System.Collections.ICollection { Count: 0 });
        return isAlone && shape.Shorthand?.Property.GetValue(record) is { } value ? YamlText.Flow(shape.Shorthand.Value, value) : null;
    }

    private static void WriteEntries(MapShape shape, System.Collections.IEnumerable map, string place, List<string> lines)
    {
        foreach ((string key, object value) in YamlText.Entries(map))
        {
            if (value is not UpstreamConfig { IsImplicit: true })
            {
                WriteValue(YamlText.Scalar(key), shape.Value, value, place + ".*", lines);
            }
        }
    }

    private static void WriteItems(ListShape shape, System.Collections.IEnumerable items, string place, List<string> lines)
    {
        foreach (object item in items)
        {
            List<string> block = [];
            if (item is StackEntry entry)
            {
                WriteEntry(entry, place, block);
            }
            else
            {
                WriteOptions((RecordShape)shape.Item, item, place + ".*", block);
            }

            // The dash takes the first line that is no comment; comments in front of it would end the list's indentation.
            int first = Math.Max(0, block.FindIndex(line => !line.StartsWith('#')));
            string head = block[first];
            block.RemoveAt(first);
            lines.Add("- " + head);
            lines.AddRange(block.Select(line => "  " + line));
        }
    }

    private static void WriteEntry(StackEntry entry, string place, List<string> block)
    {
        string from = entry.FromStack is null ? "" : $"  # from {entry.FromStack}";
        List<string> options = [];
        WriteOptions(ValueShapes.OfRecord(entry.Options!.GetType()), entry.Options, place + ".*." + entry.Name, options);
        if (entry.AcknowledgesOrder)
        {
            options.Add(StackOrder.Acknowledgement + ": true");
        }

        bool isBare = !options.Exists(line => !line.TrimStart().StartsWith('#'));
        block.Add($"{entry.Name}:{(isBare ? " {}" : "")}{from}");
        if (!isBare)
        {
            block.AddRange(options.Select(line => "  " + line));
        }
    }
}
