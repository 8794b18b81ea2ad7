using Weir.Abstractions.Heads;
using Weir.Http.Fields;

namespace Weir.Cache.Freshness;

/// <summary>Reads the one date of a field.</summary>
internal static class Dates
{
    /// <summary>
    /// False when the field is missing or no date. RFC 9111 section 4.2.1: said twice it is no date either, unless both say the same.
    /// </summary>
    public static bool Read(HeaderFields fields, KnownField field, long nowSeconds, out long unixSeconds)
    {
        unixSeconds = 0;
        int slot = fields.Find(field);
        if (slot < 0 || !HttpDate.TryParse(fields.ValueAt(slot), nowSeconds, out unixSeconds))
        {
            return false;
        }

        int second = fields.Find(field, slot + 1);
        return second < 0 || fields.ValueAt(second).SequenceEqual(fields.ValueAt(slot));
    }
}
