using Weir.Abstractions.Exchanges;

namespace Weir.Pipeline.AccessLogging;

/// <summary>Turns an ended exchange into one line. An instance belongs to one loop: it keeps the time as text.</summary>
public abstract class AccessFormat
{
    /// <summary>Room that <see cref="Write"/> needs: the longest line.</summary>
    public const int MaxLineOctets = Telemetry.AccessLogs.AccessLogBuffer.MaxLineOctets;

    /// <summary>Another instance of the same format, for another loop.</summary>
    public abstract AccessFormat ForLoop();

    /// <summary>
    /// Writes the line with its line feed into <paramref name="line"/>, which has room for <see cref="MaxLineOctets"/>, and returns its
    /// length. Allocates nothing. Whatever the client sent, it is one line.
    /// </summary>
    public abstract int Write(Exchange exchange, Span<byte> line);

    /// <summary>
    /// Reads log.access.format: "json", "combined", or a template. Null with all mistakes when it is none of them.
    /// </summary>
    public static AccessFormat? TryParse(string format, out IReadOnlyList<AccessFormatError> errors)
    {
        errors = [];
        return format switch
        {
            "json" => new JsonAccessFormat(),
            "combined" => new CombinedAccessFormat(),
            _ => TemplateAccessFormat.TryParse(format, out errors),
        };
    }

    /// <summary>Ends the line. The writer never sees a line without its end, even if a bound was wrong.</summary>
    internal static int End(ref LineWriter writer, Span<byte> line)
    {
        if (writer.Length < line.Length)
        {
            writer.Raw("\n"u8);
            return writer.Length;
        }

        line[^1] = (byte)'\n';
        return line.Length;
    }
}
