// Hot: runs for every message with content.
using Weir.Abstractions.Heads;
using Weir.Http.Http1;

namespace Weir.Http.Fields;

/// <summary>Content-Length (RFC 9110 section 8.6): digits and nothing else, one value however often it is said.</summary>
public static class ContentLength
{
    // long.MaxValue has 19.
    private const int MostDigits = 19;

    /// <summary>Reads one number.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long octets)
    {
        octets = 0;
        if (text.IsEmpty || text.Length > MostDigits)
        {
            return false;
        }

        ulong value = 0;
        foreach (byte octet in text)
        {
            uint digit = (uint)octet - '0';
            if (digit > 9)
            {
                return false;
            }

            value = (value * 10) + digit;
        }

        octets = (long)value;
        return value <= long.MaxValue;
    }

    /// <summary>
    /// Reads every Content-Length field and leaves one, with one number. RFC 9110 section 8.6 lets a recipient take repeated equal
    /// values for one.
    /// </summary>
    public static RejectReason ReadAndCollapse(HeaderFields fields, out long octets)
    {
        int first = fields.Find(KnownField.ContentLength);
        int second = fields.Find(KnownField.ContentLength, first + 1);
        if (second < 0 && TryParse(fields.ValueAt(first), out octets))
        {
            return RejectReason.None;
        }

        return ReadList(fields, first, out octets);
    }

    private static RejectReason ReadList(HeaderFields fields, int first, out long octets)
    {
        octets = -1;
        for (int slot = first; slot >= 0; slot = fields.Find(KnownField.ContentLength, slot + 1))
        {
            ReadOnlySpan<byte> rest = fields.ValueAt(slot);
            while (true)
            {
                int comma = rest.IndexOf((byte)',');
                ReadOnlySpan<byte> member = (comma < 0 ? rest : rest[..comma]).Trim(" \t"u8);
                if (!TryParse(member, out long value))
                {
                    return RejectReason.BadContentLength;
                }

                if (octets >= 0 && octets != value)
                {
                    return RejectReason.ConflictingContentLengths;
                }

                octets = value;
                if (comma < 0)
                {
                    break;
                }

                rest = rest[(comma + 1)..];
            }
        }

        Span<byte> digits = stackalloc byte[MostDigits];
        System.Buffers.Text.Utf8Formatter.TryFormat(octets, digits, out int written);
        fields.Set(KnownField.ContentLength, digits[..written]);
        return RejectReason.None;
    }
}
