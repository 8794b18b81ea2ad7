using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Weir.Abstractions.Heads;

namespace Weir.Cache.Freshness;

/// <summary>Writes and reads Content-Range (RFC 9110 section 14.4).</summary>
public static class ContentRange
{
    /// <summary>The longest value.</summary>
    public const int MostOctets = 6 + (3 * 20);

    /// <summary>"bytes FIRST-LAST/LENGTH".</summary>
    public static int Write(ByteRange part, long length, Span<byte> target)
    {
        "bytes "u8.CopyTo(target);
        int at = 6;
        at += Number(part.Start, target[at..]);
        target[at++] = (byte)'-';
        at += Number(part.End - 1, target[at..]);
        target[at++] = (byte)'/';
        return at + Number(length, target[at..]);
    }

    /// <summary>"bytes */LENGTH": of a 416.</summary>
    public static int WriteUnsatisfied(long length, Span<byte> target)
    {
        "bytes */"u8.CopyTo(target);
        return 8 + Number(length, target[8..]);
    }

    /// <summary>Reads "bytes FIRST-LAST/LENGTH"; false: it is none, or one whose length is not known.</summary>
    public static bool TryRead(HeaderFields response, out ByteRange part, out long length)
    {
        part = default;
        length = 0;
        if (!response.TryGet(KnownField.ContentRange, out ReadOnlySpan<byte> value) || value.Length > MostOctets
            || value.Length < 6 || !Ascii.EqualsIgnoreCase(value[..6], "bytes "u8))
        {
            return false;
        }

        value = value[6..];
        int dash = value.IndexOf((byte)'-');
        int slash = value.IndexOf((byte)'/');
        if (dash < 0 || slash < dash || !TryNumber(value[..dash], out long first) || !TryNumber(value[(dash + 1)..slash], out long last)
            || !TryNumber(value[(slash + 1)..], out length) || last < first || last >= length)
        {
            return false;
        }

        part = new ByteRange(first, last - first + 1);
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static int Number(long value, Span<byte> target)
    {
        Utf8Formatter.TryFormat(value, target, out int written);
        return written;
    }
}
