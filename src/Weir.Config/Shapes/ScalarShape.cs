using System.Globalization;
using Weir.Config.Model;

namespace Weir.Config.Shapes;

/// <summary>A scalar.</summary>
internal sealed class ScalarShape : ValueShape
{
    internal ScalarShape(string noun, Func<string, Position, Parsed> parse)
    {
        Noun = noun;
        Parse = parse;
    }

    internal override string Noun { get; }

    /// <summary>Reads the text.</summary>
    internal Func<string, Position, Parsed> Parse { get; }

    /// <summary>Writes a value so that <see cref="Parse"/> reads it again.</summary>
    internal Func<object, string> Format { get; init; } = value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    /// <summary>Makes a value comparable with a minimum and a maximum; null where there is no order.</summary>
    internal Func<object, double>? Measure { get; init; }

    /// <summary>The JSON type: string, integer, number or boolean.</summary>
    internal string JsonType { get; init; } = "string";

    /// <summary>The words that are allowed, or null.</summary>
    internal IReadOnlyList<string>? Words { get; init; }

    /// <summary>A regular expression for the JSON schema, or null.</summary>
    internal string? Pattern { get; init; }

    /// <summary>How it is written: "250ms, 10s, 5m, 1h, 7d".</summary>
    internal string? Examples { get; init; }
}
