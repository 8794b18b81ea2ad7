using Weir.Abstractions.Options;

namespace Weir.Config.Shapes;

/// <summary>The shapes of enumerations: their members' names in snake_case.</summary>
internal static class EnumShapes
{
    internal static ScalarShape Of(Type type)
    {
        object[] values = [.. Enum.GetValues(type).Cast<object>()];
        string[] words = [.. values.Select(value => ValueShapes.ToSnakeCase(value.ToString()!))];
        return new ScalarShape("one of " + string.Join(", ", words), (text, _) => Parse(text, words, values))
        {
            Words = words,
            Format = value => ValueShapes.ToSnakeCase(value.ToString()!),
        };
    }

    private static Parsed Parse(string text, string[] words, object[] values)
    {
        int index = Array.IndexOf(words, text);
        if (index >= 0)
        {
            return Parsed.Of(values[index]);
        }

        string known = "Use one of: " + string.Join(", ", words) + ".";
        return Parsed.Wrong(
            "is none of the words known here",
            Nearest.Find(text, words) is { } near ? $"Did you mean \"{near}\"? {known}" : known);
    }
}
