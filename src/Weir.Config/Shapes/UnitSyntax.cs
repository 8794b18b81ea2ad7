using System.Globalization;
using Weir.Abstractions.Options;
using Weir.Config.Model;

namespace Weir.Config.Shapes;

/// <summary>Values with a unit. The unit is never left out: "30" alone has meant seconds and milliseconds in too many programs.</summary>
internal static class UnitSyntax
{
    internal const string Durations = "250ms, 10s, 5m, 1h, 7d";
    internal const string Sizes = "512B, 64KiB, 10MiB, 1GiB, 2TiB";
    internal const string ByteRates = "240B/s, 64KiB/s, 1MiB/s";
    internal const string Rates = "100/s, 600/m, 5/h, 1/d";

    // Far beyond any use, and far from where TimeSpan and octet counts overflow.
    private const double LongestMs = 3650d * 24 * 3600 * 1000;
    private const double MostOctets = 1L << 60;

    internal static Parsed Duration(string text)
    {
        (double? number, string unit) = Split(text);
        double msPerUnit = unit switch { "ms" => 1, "s" => 1000, "m" => 60_000, "h" => 3_600_000, "d" => 86_400_000, _ => 0 };
        if (number is null || msPerUnit == 0)
        {
            return Unit(text, number, unit, "Write " + Durations + ": ms, s, m, h or d.");
        }

        double ms = number.Value * msPerUnit;
        return ms > LongestMs
            ? Parsed.Wrong("is too long", "Write at most 3650d.")
            : Parsed.Of(TimeSpan.FromTicks((long)(ms * TimeSpan.TicksPerMillisecond)));
    }

    internal static Parsed Size(string text) => Size(text, Sizes);

    internal static Parsed ByteRate(string text)
    {
        const string Remedy = "Write " + ByteRates + ".";
        if (!text.EndsWith("/s", StringComparison.Ordinal))
        {
            return Parsed.Wrong(Split(text).Number is null ? "is not octets in a second" : "does not end with /s", Remedy);
        }

        Parsed size = Size(text[..^2], ByteRates);
        return size.Value is ByteSize octets ? Parsed.Of(new ByteRate(octets.Octets)) : size;
    }

    internal static Parsed Rate(string text)
    {
        const string Remedy = "Write " + Rates + ": in a second, a minute, an hour or a day.";
        int slash = text.IndexOf('/');
        (double? number, string rest) = Split(slash < 0 ? text : text[..slash]);
        if (number is null || rest.Length > 0)
        {
            return Parsed.Wrong("is not a rate", Remedy);
        }

        TimeSpan? per = slash < 0 ? null : text[(slash + 1)..] switch
        {
            "s" => TimeSpan.FromSeconds(1),
            "m" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            "d" => TimeSpan.FromDays(1),
            _ => null,
        };
        if (per is null)
        {
            return Parsed.Wrong(slash < 0 ? "does not say in what time" : $"ends with the unknown unit \"{text[(slash + 1)..]}\"", Remedy);
        }

        return Parsed.Of(new Rate(number.Value, per.Value));
    }

    internal static Parsed Percent(string text)
    {
        (double? number, string unit) = Split(text);
        if (number is null || unit != "%")
        {
            return Unit(text, number, unit, "Write 0% to 100%.");
        }

        return number > 100 ? Parsed.Wrong("is more than 100%", "Write 0% to 100%.") : Parsed.Of(new Percent(number.Value));
    }

    internal static Parsed Memory(string text)
    {
        if (!text.EndsWith('%'))
        {
            Parsed size = Size(text, "75%, 512MiB");
            return size.Value is ByteSize octets ? Parsed.Of(new MemoryLimit(null, octets)) : size;
        }

        Parsed share = Percent(text);
        return share.Value is Percent percent ? Parsed.Of(new MemoryLimit(percent, null)) : share;
    }

    /// <summary>With the largest unit that divides it.</summary>
    internal static string Format(TimeSpan time)
    {
        (long Ticks, string Unit)[] units =
        [
            (TimeSpan.TicksPerDay, "d"), (TimeSpan.TicksPerHour, "h"), (TimeSpan.TicksPerMinute, "m"), (TimeSpan.TicksPerSecond, "s"),
        ];
        foreach ((long ticks, string unit) in units)
        {
            if (time.Ticks != 0 && time.Ticks % ticks == 0)
            {
                return (time.Ticks / ticks).ToString(CultureInfo.InvariantCulture) + unit;
            }
        }

        return time.Ticks == 0 ? "0s" : ScalarShapes.Format(time.TotalMilliseconds) + "ms";
    }

    private static Parsed Size(string text, string examples)
    {
        (double? number, string unit) = Split(text);
        double octetsPerUnit = unit switch { "B" => 1, "KiB" => 1L << 10, "MiB" => 1L << 20, "GiB" => 1L << 30, "TiB" => 1L << 40, _ => 0 };
        if (number is null || octetsPerUnit == 0)
        {
            string? meant = unit.ToUpperInvariant() switch
            {
                "K" or "KB" or "KIB" => "KiB",
                "M" or "MB" or "MIB" => "MiB",
                "G" or "GB" or "GIB" => "GiB",
                "T" or "TB" or "TIB" => "TiB",
                _ => null,
            };
            string remedy = $"Write {examples}: the units are powers of 1024.";
            return Unit(text, number, unit, meant is null ? remedy : $"Did you mean {meant}? {remedy}");
        }

        double octets = number.Value * octetsPerUnit;
        return octets > MostOctets ? Parsed.Wrong("is too large", "Write less.") : Parsed.Of(new ByteSize((long)octets));
    }

    private static Parsed Unit(string text, double? number, string unit, string remedy)
    {
        if (number is null)
        {
            return Parsed.Wrong(text.StartsWith('-') ? "is negative" : "does not begin with a number", remedy);
        }

        return Parsed.Wrong(unit.Length == 0 ? "has no unit" : $"has the unknown unit \"{unit}\"", remedy);
    }

    /// <summary>A number without sign or exponent, and what stands behind it.</summary>
    private static (double? Number, string Unit) Split(string text)
    {
        int end = text.AsSpan().IndexOfAnyExcept("0123456789.");
        end = end < 0 ? text.Length : end;
        ReadOnlySpan<char> digits = text.AsSpan(0, end);
        bool isNumber = double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number);
        return (isNumber && double.IsFinite(number) ? number : null, text[end..]);
    }
}
