using System.Text;
using Weir.Config.Model;

namespace Weir.Config.Yaml;

/// <summary>
/// Expands ${NAME} and ${NAME:-default} in scalars; $${ stands for ${ itself. It happens after parsing, so that no value of a variable
/// can add a key.
/// </summary>
internal sealed class Variables
{
    private readonly Func<string, string?> _lookup;
    private readonly ErrorList _errors;
    private readonly YamlLimits _limits;

    internal Variables(Func<string, string?> lookup, ErrorList errors, YamlLimits limits)
    {
        _lookup = lookup;
        _errors = errors;
        _limits = limits;
    }

    /// <summary>The text with its variables replaced. Mistakes are reported and leave the text as it is.</summary>
    internal string Expand(string text, Position position, bool isPlain)
    {
        int next = text.IndexOf("${", StringComparison.Ordinal);
        if (next < 0)
        {
            return text;
        }

        // In quotes and blocks an escape or a fold may have moved the text: then only the scalar's own place is certain.
        bool isPlaced = isPlain && !text.Contains('\n');
        StringBuilder expanded = new();
        int done = 0;
        while (next >= 0)
        {
            bool isEscaped = next > done && text[next - 1] == '$';
            expanded.Append(text, done, (isEscaped ? next - 1 : next) - done);
            if (isEscaped)
            {
                expanded.Append("${");
                done = next + 2;
            }
            else
            {
                Position place = isPlaced ? position with { Column = position.Column + next } : position;
                int close = text.IndexOf('}', next);
                if (close < 0)
                {
                    _errors.Error(place, "A ${ is never closed.", "Write ${NAME}, or $${ for the two characters themselves.");
                    return text;
                }

                string? value = Find(text[(next + 2)..close], place);
                if (value is null)
                {
                    return text;
                }

                if (!_limits.TakeExpanded(value.Length))
                {
                    throw new YamlRefusal(place, "The variables expand to too much text.", "Put less into them.");
                }

                expanded.Append(value);
                done = close + 1;
            }

            next = text.IndexOf("${", done, StringComparison.Ordinal);
        }

        return expanded.Append(text, done, text.Length - done).ToString();
    }

    private string? Find(string inside, Position place)
    {
        int dash = inside.IndexOf(":-", StringComparison.Ordinal);
        string name = dash < 0 ? inside : inside[..dash];
        if (!IsName(name))
        {
            _errors.Error(
                place,
                $"\"{ScalarNode.Shorten(name)}\" is not the name of a variable.",
                "Use letters, digits and _ as in ${NAME} or ${NAME:-default}; $${ stands for the two characters themselves.");
            return null;
        }

        string? value = _lookup(name);
        if (dash >= 0)
        {
            return string.IsNullOrEmpty(value) ? inside[(dash + 2)..] : value;
        }

        if (value is null)
        {
            _errors.Error(place, $"The variable {name} is not set.", $"Set it, or give a default: ${{{name}:-value}}.");
        }

        return value;
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 200 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
