using System.Text;
using Weir.Abstractions.Heads;

namespace Weir.Pipeline.Stacks;

/// <summary>Fields as a trace may show them: values that let somebody in are not shown.</summary>
internal static class TracedFields
{
    private static readonly ulong _secrets = HeaderFields.Mask(KnownField.Authorization) | HeaderFields.Mask(KnownField.Cookie)
        | HeaderFields.Mask(KnownField.SetCookie) | HeaderFields.Mask(KnownField.ProxyAuthorization);

    // What a field of somebody's own is called that holds a key, a token or the like: better one value too few is shown.
    private static readonly string[] _secretWords = ["key", "token", "secret", "auth", "passw", "session", "credential", "proof", "signature", "cookie"];

    /// <summary>Every field that is there, in order. Only for comparing: values are not masked.</summary>
    public static List<(string Name, string Value)> Read(HeaderFields fields)
    {
        List<(string Name, string Value)> lines = [];
        for (int slot = 0; slot < fields.SlotCount; slot++)
        {
            if (!fields.IsRemoved(slot))
            {
                lines.Add((Encoding.Latin1.GetString(fields.NameAt(slot)), Encoding.Latin1.GetString(fields.ValueAt(slot))));
            }
        }

        return lines;
    }

    /// <summary>A value, or how long it is where it is nobody's to read.</summary>
    public static string Shown(string name, string value)
    {
        KnownField field = KnownFields.Find(Encoding.Latin1.GetBytes(name));
        bool isSecret = field != KnownField.Other
            ? (HeaderFields.Mask(field) & _secrets) != 0
            : Array.Exists(_secretWords, word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
        return isSecret ? $"({value.Length} octets, not shown)" : value;
    }

    /// <summary>A head as text, its field values masked.</summary>
    public static string Shown(ReadOnlySpan<byte> head)
    {
        StringBuilder text = new();
        foreach (string line in Encoding.Latin1.GetString(head).Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
        {
            int colon = line.IndexOf(": ", StringComparison.Ordinal);
            bool isField = text.Length > 0 && colon > 0;
            text.Append(text.Length > 0 ? "\n" : "");
            text.Append(isField ? $"{line[..colon]}: {Shown(line[..colon], line[(colon + 2)..])}" : line);
        }

        return text.ToString();
    }
}
