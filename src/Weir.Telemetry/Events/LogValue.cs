using System.Globalization;
using System.Text;

namespace Weir.Telemetry.Events;

/// <summary>
/// A value in an event's message: text or a number. Octets from a peer become Latin-1 text; control characters are escaped when
/// written.
/// </summary>
public readonly struct LogValue
{
    /// <summary>Longer text is cut: an event is one line that a person reads.</summary>
    public const int MaxCharacters = 1024;

    private readonly string? _text;
    private readonly long _number;

    /// <summary>Text; null reads as "-".</summary>
    public LogValue(string? text) => _text = Cut(text ?? "-");

    /// <summary>A number.</summary>
    public LogValue(long number) => _number = number;

    /// <summary>Octets as a peer sent them. Copied.</summary>
    public LogValue(ReadOnlySpan<byte> octets) =>
        _text = Encoding.Latin1.GetString(octets[..Math.Min(octets.Length, MaxCharacters)]) + (octets.Length > MaxCharacters ? "…" : "");

    internal bool IsNumber => _text is null;

    internal long Number => _number;

    internal string Text => _text ?? _number.ToString(CultureInfo.InvariantCulture);

    public static implicit operator LogValue(string? text) => new(text);

    public static implicit operator LogValue(long number) => new(number);

    public static implicit operator LogValue(ReadOnlySpan<byte> octets) => new(octets);

    public static implicit operator LogValue(Exception exception) => new(Describe(exception));

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static string Cut(string text) => text.Length <= MaxCharacters ? text : string.Concat(text.AsSpan(0, MaxCharacters), "…");

    // The first frames name the place; the whole trace would not fit a line.
    private static string Describe(Exception exception)
    {
        string frames = string.Join(" < ", (exception.StackTrace ?? "").Split('\n').Take(4).Select(frame => frame.Trim()));
        return $"{exception.GetType().Name}: {exception.Message} {frames}".TrimEnd();
    }
}
