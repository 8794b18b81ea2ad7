using System.Globalization;

namespace Weir.Config.Shapes;

/// <summary>Booleans and plain numbers: YAML 1.2 core schema (section 10.3.2), decimal only.</summary>
internal static class NumberSyntax
{
    private const NumberStyles Decimal = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    internal static Parsed Bool(string text) => text switch
    {
        "true" or "True" or "TRUE" => Parsed.Of(true),
        "false" or "False" or "FALSE" => Parsed.Of(false),
        "on" or "yes" or "On" or "Yes" or "ON" or "YES" => Parsed.Wrong("is a word, not a boolean", "Write true."),
        "off" or "no" or "Off" or "No" or "OFF" or "NO" => Parsed.Wrong("is a word, not a boolean", "Write false."),
        _ => Parsed.Wrong("is neither true nor false", "Write true or false."),
    };

    internal static Parsed Int(string text)
    {
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && !text.StartsWith('+'))
        {
            return Parsed.Of(number);
        }

        return NotWhole(text, int.MaxValue);
    }

    internal static Parsed Long(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && !text.StartsWith('+'))
        {
            return Parsed.Of(number);
        }

        return NotWhole(text, long.MaxValue);
    }

    internal static Parsed Double(string text) =>
        double.TryParse(text, Decimal, CultureInfo.InvariantCulture, out double number)
        && double.IsFinite(number)
            ? Parsed.Of(number)
            : Parsed.Wrong("is not a number", "Write digits, with a point where there is a fraction: 1.5.");

    private static Parsed NotWhole(string text, long most)
    {
        bool isDigits = text.Length > 0 && text.AsSpan().TrimStart('-').IndexOfAnyExceptInRange('0', '9') < 0;
        return isDigits && text != "-"
            ? Parsed.Wrong("is too large", string.Create(CultureInfo.InvariantCulture, $"Write at most {most}."))
            : Parsed.Wrong("is not a whole number", "Write digits only: no unit, no fraction, no separators.");
    }
}
