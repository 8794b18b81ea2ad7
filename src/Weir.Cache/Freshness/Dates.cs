using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Fields;

namespace Weir.Cache.Freshness;

/// <summary>Reads the one date of a field.</summary>
internal static class Dates
{
    // The longest of the three forms.
    private const int MostOctets = 33;

    /// <summary>
    /// False when the field is missing or no date. RFC 9111 section 4.2.1: said twice it is no date either, unless both say the same.
    /// </summary>
    public static bool Read(HeaderFields fields, KnownField field, long nowSeconds, out long unixSeconds)
    {
        unixSeconds = 0;
        int slot = fields.Find(field);
        if (slot < 0 || !TryParse(fields.ValueAt(slot), nowSeconds, out unixSeconds))
        {
            return false;
        }

        int second = fields.Find(field, slot + 1);
        return second < 0 || fields.ValueAt(second).SequenceEqual(fields.ValueAt(slot));
    }

    // RFC 9111 section 4.2: caches match dates without case.
    private static bool TryParse(ReadOnlySpan<byte> text, long nowSeconds, out long unixSeconds)
    {
        if (HttpDate.TryParse(text, nowSeconds, out unixSeconds))
        {
            return true;
        }

        if (text.Length is > MostOctets or < 3)
        {
            return false;
        }

        Span<byte> usual = stackalloc byte[MostOctets];
        bool isInside = false;
        for (int i = 0; i < text.Length; i++)
        {
            usual[i] = !char.IsAsciiLetter((char)text[i]) ? text[i] : (byte)(isInside ? text[i] | 0x20 : text[i] & ~0x20);
            isInside = char.IsAsciiLetter((char)text[i]);
        }

        usual = usual[..text.Length];
        if (Ascii.EqualsIgnoreCase(usual[^3..], "GMT"u8))
        {
            "GMT"u8.CopyTo(usual[^3..]);
        }

        return HttpDate.TryParse(usual, nowSeconds, out unixSeconds);
    }
}
