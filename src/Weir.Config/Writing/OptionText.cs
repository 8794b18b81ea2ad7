using Weir.Config.Model;

namespace Weir.Config.Writing;

/// <summary>
/// A part of a configuration as text in which nothing but its meaning counts, neither where it is written nor how: equal texts, equal
/// options. A reload compares them.
/// </summary>
public static class OptionText
{
    /// <summary>The text of an options record.</summary>
    public static string Of(object options) => EffectiveConfig.WriteRecord(options);

    /// <summary>The text of a module in a stack. Its files are relative to the folder it is written in, so that is part of it.</summary>
    public static string Of(StackEntry entry) =>
        $"{entry.Name}:\n{Of(entry.Options!)}\n{Path.GetDirectoryName(entry.Position.File)}";
}
