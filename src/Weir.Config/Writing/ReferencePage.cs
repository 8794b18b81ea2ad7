using System.Globalization;
using System.Text;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Options;
using Weir.Config.Checking;
using Weir.Config.Model;
using Weir.Config.Shapes;

namespace Weir.Config.Writing;

/// <summary>Writes the reference of all options as Markdown.</summary>
public sealed class ReferencePage
{
    private const string Head = """
        # Configuration reference

        Every option with its default, made from the program itself. Durations are written 250ms, 10s, 5m, 1h, 7d; sizes 512B, 64KiB,
        10MiB, 1GiB; rates 100/s, 600/m; shares 75%. `${NAME}` and `${NAME:-default}` are expanded in values; `$${` stands for `${`.
        Where a list is expected, one entry may stand without the brackets.

        """;

    private readonly StringBuilder _text = new();

    private readonly string _nestedHeading;

    private ReferencePage(string nestedHeading) => _nestedHeading = nestedHeading;

    /// <summary>The whole page: the file's options, then one section for each module.</summary>
    public static string Write(IModuleCatalog catalog)
    {
        ReferencePage page = new("###");
        page._text.Append(Head);
        page.Section(ValueShapes.OfRecord(typeof(WeirConfig)), "", "## The file");
        page._text.Append("\n## Modules\n\nA stack is a list of modules. A bare word is a named stack or a module with its defaults.\nAny module's options may hold `acknowledge_order: true`: its place in the stack is meant, although `weir check` finds it dangerous.\n");
        foreach (IModuleFactory factory in catalog.All)
        {
            page._text.Append(Module(factory, "###"));
        }

        return page._text.ToString();
    }

    /// <summary>One module's section, for its own page.</summary>
    /// <param name="factory">The module.</param>
    /// <param name="heading">"##" or deeper.</param>
    public static string Module(IModuleFactory factory, string heading)
    {
        ReferencePage page = new(heading + "#");
        page._text.Append(CultureInfo.InvariantCulture, $"\n{heading} `{factory.Name}`\n\n{factory.Summary}\n");
        page.Section(ValueShapes.OfRecord(factory.OptionsType), factory.Name, null);
        foreach (OrderHint hint in factory.OrderHints)
        {
            string relation = hint.Relation == OrderRelation.Above ? "above" : "below";
            page._text.Append(CultureInfo.InvariantCulture, $"\nIt belongs {relation} `{hint.Other}`{(hint.IsDangerous ? " (the other order is an error)" : "")}: {hint.Why}\n");
        }

        return page._text.ToString();
    }

    private void Section(RecordShape shape, string path, string? heading)
    {
        if (heading is not null)
        {
            _text.Append('\n').Append(heading).Append('\n');
        }

        OptionShape[] options = shape.Rest is { } rest ? [.. shape.Options, rest] : [.. shape.Options];
        if (options.Length == 0)
        {
            _text.Append("\nIt has no options.\n");
            return;
        }

        if (shape.Shorthand is { } shorthand)
        {
            _text.Append(CultureInfo.InvariantCulture, $"\nA value in place of the map sets `{shorthand.Name}`.\n");
        }

        _text.Append("\n| option | value | default | meaning |\n| --- | --- | --- | --- |\n");
        foreach (OptionShape option in options)
        {
            Row(option, Join(path, option.Name));
        }

        foreach (OptionShape option in options)
        {
            if (RecordOf(option.Value, Join(path, option.Name)) is ({ } record, { } place))
            {
                Section(record, place, $"{_nestedHeading} `{place}`");
            }
        }
    }

    private void Row(OptionShape option, string path)
    {
        string lacking = Unsupported.IsLacking(path) ? " *Not in this build yet.*" : "";
        _text.Append(
            CultureInfo.InvariantCulture,
            $"| `{option.Name}` | {Cell(Noun(option))} | {Cell(Default(option))} | {Cell(option.Attribute.Text)}{lacking} |\n");
    }

    private static string Noun(OptionShape option)
    {
        string noun = option.Value switch
        {
            ListShape list => "a list of: " + list.Item.Noun,
            MapShape map => $"a map from {map.Key.Noun} to {map.Value.Noun}",
            _ => option.Value.Noun,
        };
        OptionAttribute attribute = option.Attribute;
        string bounds = (attribute.Min, attribute.Max) switch
        {
            ({ } min, { } max) => $", {min} to {max}",
            ({ } min, null) => $", {min} or more",
            (null, { } max) => $", {max} or less",
            _ => "",
        };
        string example = attribute.Example is { } text ? $", as in `{text}`" : "";
        return noun + bounds + example;
    }

    private static string Default(OptionShape option)
    {
        if (option.Attribute.IsRequired)
        {
            return "must be given";
        }

        if (option.Attribute.Default is { } text)
        {
            return text;
        }

        string? flow = option.Initial is null ? "none" : YamlText.Flow(option.Value, option.Initial);
        return flow switch
        {
            null => "its options' defaults",
            "[]" or "{}" or "''" => "none",
            "none" => "none",
            _ => $"`{flow}`",
        };
    }

    private static (RecordShape? Record, string? Place) RecordOf(ValueShape shape, string path) => shape switch
    {
        RecordShape record => (record, path),
        ListShape { Item: RecordShape item } => (item, path + ".*"),
        MapShape { Value: RecordShape value } => (value, path + ".*"),
        _ => (null, null),
    };

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace('\n', ' ');
}
