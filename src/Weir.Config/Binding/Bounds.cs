using Weir.Config.Model;
using Weir.Config.Shapes;
using Weir.Config.Yaml;

namespace Weir.Config.Binding;

/// <summary>Holds values to the smallest and largest that their option allows.</summary>
internal static class Bounds
{
    /// <summary>False after an error was reported.</summary>
    internal static bool Check(OptionShape option, object value, Node node, string label, ErrorList errors)
    {
        if (option.Value is not ScalarShape { Measure: { } measure } shape)
        {
            return true;
        }

        double size = measure(value);
        bool isBelow = Read(shape, option.Attribute.Min) is { } least && size < least;
        bool isAbove = Read(shape, option.Attribute.Max) is { } most && size > most;
        if (!isBelow && !isAbove)
        {
            return true;
        }

        string written = node is ScalarNode scalar ? ScalarNode.Shorten(scalar.Text) : shape.Format(value);
        errors.Error(
            node.Position,
            $"{label}: \"{written}\" is {(isBelow ? "less than " + option.Attribute.Min : "more than " + option.Attribute.Max)}.",
            Describe(option));
        return false;
    }

    private static double? Read(ScalarShape shape, string? bound) =>
        bound is null ? null : shape.Measure!(shape.Parse(bound, Position.None).Value!);

    private static string Describe(OptionShape option) => option.Attribute switch
    {
        { Min: { } min, Max: { } max } => $"Write {min} to {max}.",
        { Min: { } min } => $"Write {min} or more.",
        { Max: { } max } => $"Write {max} or less.",
        _ => "",
    };
}
