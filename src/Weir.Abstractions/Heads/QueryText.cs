// Hot: compared for each parameter of requests whose query is looked at.
namespace Weir.Abstractions.Heads;

/// <summary>
/// Names and values of a query as HTML forms write them: %XX, and + for a space. A % without two digits stands for itself.
/// </summary>
public static class QueryText
{
    /// <summary>The first octet that a text, not empty, stands for, and how many octets it is written with.</summary>
    public static byte First(ReadOnlySpan<byte> text, out int length)
    {
        bool isEncoded = text.Length >= 3 && text[0] == (byte)'%' && char.IsAsciiHexDigit((char)text[1])
            && char.IsAsciiHexDigit((char)text[2]);
        length = isEncoded ? 3 : 1;
        if (isEncoded)
        {
            return (byte)((ValueOf(text[1]) << 4) | ValueOf(text[2]));
        }

        return text[0] == (byte)'+' ? (byte)' ' : text[0];
    }

    /// <summary>Decodes into a target that is as long as the text; returns the octets written.</summary>
    public static int Decode(ReadOnlySpan<byte> text, Span<byte> target)
    {
        int written = 0;
        while (!text.IsEmpty)
        {
            target[written++] = First(text, out int length);
            text = text[length..];
        }

        return written;
    }

    private static int ValueOf(byte digit) => digit <= (byte)'9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
