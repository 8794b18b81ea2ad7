using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Weir.Telemetry.Events;

/// <summary>Turns records into lines. No value can end a line or hide what follows: control and invisible characters are escaped.</summary>
public static class LogRendering
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private static readonly JsonWriterOptions _jsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Appends "time level name: message — remedy" and a line feed.</summary>
    public static void WriteText(LogRecord record, StringBuilder line)
    {
        line.Append(Time(record)).Append(' ').Append(EventLevels.Name(record.Event.Level)).Append(' ')
            .Append(record.Event.Name).Append(": ");
        WriteMessage(record, line);
        if (record.Event.Remedy.Length > 0)
        {
            line.Append(" — ").Append(record.Event.Remedy);
        }

        line.Append('\n');
    }

    /// <summary>Appends the level as syslog numbers it, in angle brackets.</summary>
    public static void WritePriority(LogRecord record, StringBuilder line) => line.Append(record.Event.Level switch
    {
        EventLevel.Error => "<3>",
        EventLevel.Warning => "<4>",
        EventLevel.Info => "<6>",
        _ => "<7>",
    });

    /// <summary>Appends one JSON object (time, level, id, event, message, remedy, and the values under "values") and a line feed.</summary>
    public static void WriteJson(LogRecord record, IBufferWriter<byte> output)
    {
        StringBuilder message = new();
        WriteMessage(record, message);
        using (Utf8JsonWriter json = new(output, _jsonOptions))
        {
            json.WriteStartObject();
            json.WriteString("time", Time(record));
            json.WriteString("level", EventLevels.Name(record.Event.Level));
            json.WriteNumber("id", record.Event.Id);
            json.WriteString("event", record.Event.Name);
            json.WriteString("message", message.ToString());
            if (record.Event.Remedy.Length > 0)
            {
                json.WriteString("remedy", record.Event.Remedy);
            }

            WriteValues(record, json);
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static void WriteValues(LogRecord record, Utf8JsonWriter json)
    {
        string[] names = record.Event.Parts.Names;
        if (names.Length == 0)
        {
            return;
        }

        json.WriteStartObject("values");
        for (int i = 0; i < names.Length && i < record.Values.Length; i++)
        {
            if (record.Values[i].IsNumber)
            {
                json.WriteNumber(names[i], record.Values[i].Number);
                continue;
            }

            json.WriteString(names[i], record.Values[i].Text);
        }

        json.WriteEndObject();
    }

    private static void WriteMessage(LogRecord record, StringBuilder line)
    {
        EventTemplate parts = record.Event.Parts;
        for (int i = 0; i < parts.Names.Length; i++)
        {
            line.Append(parts.Literals[i]);
            AppendEscaped(i < record.Values.Length ? record.Values[i].Text : "?", line);
        }

        line.Append(parts.Literals[^1]);
    }

    private static void AppendEscaped(string text, StringBuilder line)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value == '\n')
            {
                line.Append("\\n");
            }
            else if (rune.Value == '\\')
            {
                line.Append("\\\\");
            }
            else if (IsVisible(rune))
            {
                line.Append(rune.ToString());
            }
            else
            {
                line.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
            }
        }
    }

    // Format characters reverse the direction of what follows; separators end a line in some viewers.
    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned);

    private static string Time(LogRecord record) =>
        DateTimeOffset.FromUnixTimeMilliseconds(record.UnixMs).ToString(TimeFormat, CultureInfo.InvariantCulture);
}
