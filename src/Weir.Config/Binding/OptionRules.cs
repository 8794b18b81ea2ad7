using Weir.Abstractions.Options;
using Weir.Config.Model;
using Weir.Config.Shapes;
using Weir.Config.Yaml;

namespace Weir.Config.Binding;

/// <summary>Checks which options of a map are there: the required ones, and those that go together or exclude each other.</summary>
internal static class OptionRules
{
    internal static void Check(RecordShape shape, MapNode map, string label, ErrorList errors)
    {
        string where = label.Length == 0 ? "The configuration" : $"\"{label}\"";
        foreach (OptionShape option in shape.Options.Where(option => option.Attribute.IsRequired && map.Find(option.Name) is null))
        {
            string remedy = option.Attribute.Example is { } text ? $"for example `{option.Name}: {text}`." : Describe(option.Attribute);
            errors.Error(map.Position, $"{where} lacks \"{option.Name}\".", "Add it: " + remedy);
        }

        foreach (OptionRuleAttribute rule in shape.Rules)
        {
            Check(rule, map, where, errors);
        }
    }

    private static void Check(OptionRuleAttribute rule, MapNode map, string where, ErrorList errors)
    {
        MapEntry[] there = [.. map.Entries.Where(entry => rule.Options.Contains(entry.Key))];
        string names = string.Join(", ", rule.Options);
        if (rule.Rule == OptionRule.AtMostOne && there.Length > 1)
        {
            errors.Error(there[1].Position, $"{where} has both \"{there[0].Key}\" and \"{there[1].Key}\".", $"Keep one of: {names}.");
        }

        if (rule.Rule == OptionRule.AtLeastOne && there.Length == 0)
        {
            errors.Error(map.Position, $"{where} has none of: {names}.", "Add one of them.");
        }

        if (rule.Rule == OptionRule.Together && there.Length > 0 && there.Length < rule.Options.Count)
        {
            string missing = rule.Options.First(name => map.Find(name) is null);
            errors.Error(there[0].Position, $"{where} has \"{there[0].Key}\" without \"{missing}\".", $"Add \"{missing}\".");
        }
    }

    private static string Describe(OptionAttribute attribute) => char.ToLowerInvariant(attribute.Text[0]) + attribute.Text[1..];
}
