using System.Buffers.Text;

namespace Weir.Cache.Freshness;

/// <summary>Writes Content-Range (RFC 9110 section 14.4).</summary>
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

    private static int Number(long value, Span<byte> target)
    {
        Utf8Formatter.TryFormat(value, target, out int written);
        return written;
    }
}
