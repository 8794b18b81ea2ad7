using Weir.Abstractions.Heads;

namespace Weir.Cache.Freshness;

/// <summary>304 responses: those that a cache makes, and those that it learns from (RFC 9111 sections 3.2 and 4.3.4).</summary>
public static class NotModified
{
    // RFC 9110 section 15.4.5: of what describes the content only what guides caches goes along.
    private static readonly ulong _ofContent = HeaderFields.Mask(KnownField.ContentLength) | HeaderFields.Mask(KnownField.ContentType)
        | HeaderFields.Mask(KnownField.ContentEncoding) | HeaderFields.Mask(KnownField.ContentRange) | HeaderFields.Mask(
            KnownField.AcceptRanges);

    // RFC 9111 section 3.2: what says how the stored content is framed and coded is not the 304's to change.
    private static readonly ulong _keptFields = HeaderFields.Mask(KnownField.ContentLength) | HeaderFields.Mask(KnownField.ContentEncoding)
        | HeaderFields.Mask(KnownField.ContentRange) | HeaderFields.Mask(KnownField.TransferEncoding) | HeaderFields.Mask(
            KnownField.Connection)
        | HeaderFields.Mask(KnownField.Trailer);

    /// <summary>Makes a 304 of a stored 200's head.</summary>
    public static void MakeFrom(ResponseHead head)
    {
        HeaderFields fields = head.Fields;
        fields.RemoveAll(_ofContent | (fields.Has(KnownField.ETag) ? HeaderFields.Mask(KnownField.LastModified) : 0));
        fields.Remove("Content-Language"u8);
        head.Status = 304;
        head.BodyLength = BodyLength.None;
    }

    /// <summary>
    /// Whether a 304 speaks of this stored response (RFC 9111 section 4.3.4): a strong entity tag selects the very same one, a weak tag
    /// what it stands for; a 304 without a validator was the answer to our own question.
    /// </summary>
    public static bool Selects(HeaderFields update, HeaderFields stored)
    {
        if (update.TryGet(KnownField.ETag, out ReadOnlySpan<byte> tag))
        {
            // RFC 9110 section 8.8.3.2: strong comparison, but for tags without quotation marks, which some origins write.
            return stored.TryGet(KnownField.ETag, out ReadOnlySpan<byte> storedTag)
                && (EntityTag.IsWeak(tag) ? EntityTag.EqualsWeakly(tag, storedTag) : tag.SequenceEqual(storedTag));
        }

        return !update.TryGet(KnownField.LastModified, out ReadOnlySpan<byte> modified)
            || !stored.TryGet(KnownField.LastModified, out ReadOnlySpan<byte> storedModified)
            || modified.SequenceEqual(storedModified);
    }

    /// <summary>Puts the fields of a 304 in place of the stored ones of the same names.</summary>
    public static void Update(HeaderFields stored, HeaderFields update)
    {
        // The age of what was stored is over: without one in the 304 it begins anew.
        stored.Remove(KnownField.Age);
        for (int slot = 0; slot < update.SlotCount; slot++)
        {
            if (!IsKept(update, slot))
            {
                stored.Remove(update.NameAt(slot));
            }
        }

        for (int slot = 0; slot < update.SlotCount; slot++)
        {
            if (!IsKept(update, slot))
            {
                stored.Add(update.NameAt(slot), update.ValueAt(slot));
            }
        }
    }

    private static bool IsKept(HeaderFields update, int slot) =>
        update.IsRemoved(slot)
        || (update.FieldAt(slot) != KnownField.Other && (HeaderFields.Mask(update.FieldAt(slot)) & _keptFields) != 0);
}
