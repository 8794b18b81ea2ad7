using System.Globalization;
using System.Text;
using Weir.Config.Model;
using Weir.Config.Shapes;

namespace Weir.Config.Writing;

/// <summary>Values as YAML in one line.</summary>
internal static class YamlText
{
    /// <summary>A value in flow style, or null for one that has no such form (a record, a stack).</summary>
    internal static string? Flow(ValueShape shape, object value) => (shape, value) switch
    {
        (ScalarShape scalar, _) => Scalar(scalar.Format(value), scalar.JsonType != "string"),
        (TargetShape, TargetConfig target) => Target(target),
        (ListShape list, System.Collections.IEnumerable items) => List(list, items),
        (MapShape { Value: ScalarShape } map, System.Collections.IEnumerable entries) => Map(map, entries),
        _ => null,
    };

    /// <summary>A scalar that reads back as the same text.</summary>
    internal static string Scalar(string text, bool isTyped = false)
    {
        // A ${ that stands in a value has been escaped or came out of a variable: it must not be expanded again.
        string escaped = text.Replace("${", "$${", StringComparison.Ordinal);
        if (isTyped || IsPlain(escaped))
        {
            return escaped;
        }

        bool needsEscapes = escaped.Any(c => char.IsControl(c) || char.IsSurrogate(c));
        return needsEscapes ? Quote(escaped) : $"'{escaped.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    private static string Target(TargetConfig target) => target.Urls.Count switch
    {
        0 => Scalar(target.Upstream),
        1 => target.Urls[0].ToString(),
        _ => $"[{string.Join(", ", target.Urls.Select(url => Scalar(url.ToString())))}]",
    };

    private static string? List(ListShape shape, System.Collections.IEnumerable items)
    {
        string?[] texts = [.. items.Cast<object>().Select(item => Flow(shape.Item, item))];
        return Array.TrueForAll(texts, text => text is not null) ? $"[{string.Join(", ", texts)}]" : null;
    }

    private static string Map(MapShape shape, System.Collections.IEnumerable entries)
    {
        List<string> texts = [];
        foreach ((string key, object value) in Entries(entries))
        {
            texts.Add($"{Scalar(key)}: {Flow(shape.Value, value)}");
        }

        return texts.Count == 0 ? "{}" : $"{{ {string.Join(", ", texts)} }}";
    }

    /// <summary>The entries of a map whose values' type is known only at run time.</summary>
    internal static IEnumerable<(string Key, object Value)> Entries(System.Collections.IEnumerable map)
    {
        foreach (object entry in map)
        {
            Type type = entry.GetType();
            yield return ((string)type.GetProperty("Key")!.GetValue(entry)!, type.GetProperty("Value")!.GetValue(entry)!);
        }
    }

    private static bool IsPlain(string text)
    {
        bool isSafe = text.Length > 0 && (char.IsAsciiLetterOrDigit(text[0]) || text[0] == '/')
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '/' or '%' or '+' or '-' or ':' or '~')
            && !text.EndsWith(':');
        bool hasMeaning = text is "null" or "Null" or "NULL" or "true" or "false" or "off" or "on"
            || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        return isSafe && !hasMeaning;
    }

    private static string Quote(string text)
    {
        StringBuilder quoted = new("\"");
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                _ when char.IsControl(c) => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
