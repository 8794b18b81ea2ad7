// Hot where clients are kept on their servers, or are challenged: looks through the cookies of every request.
namespace Weir.Abstractions.Heads;

/// <summary>
/// Finds a cookie of ours among those of a request (RFC 6265 section 5.4), and takes it out: it is none of the origin's business.
/// </summary>
public static class CookieStrip
{
    /// <summary>The next cookie of that name in a field's value, from an offset on; false when there is no more.</summary>
    public static bool TryNext(ReadOnlySpan<byte> field, ReadOnlySpan<byte> name, ref int offset, out ReadOnlySpan<byte> value)
    {
        while (offset < field.Length)
        {
            int length = LengthOfPair(field[offset..]);
            ReadOnlySpan<byte> pair = field.Slice(offset, length).Trim(" \t"u8);
            offset += length + 1;
            if (IsNamed(pair, name))
            {
                value = pair[(name.Length + 1)..];
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Whether a request has a cookie of that name.</summary>
    public static bool Holds(HeaderFields fields, ReadOnlySpan<byte> name)
    {
        for (int slot = fields.Find(KnownField.Cookie); slot >= 0; slot = fields.Find(KnownField.Cookie, slot + 1))
        {
            int offset = 0;
            if (TryNext(fields.ValueAt(slot), name, ref offset, out _))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes every cookie of that name out; the others stay octet for octet, and so do fields without it.</summary>
    public static void Remove(HeaderFields fields, ReadOnlySpan<byte> name)
    {
        int slots = fields.SlotCount;
        for (int slot = fields.Find(KnownField.Cookie); slot >= 0 && slot < slots; slot = fields.Find(KnownField.Cookie, slot + 1))
        {
            int offset = 0;
            if (TryNext(fields.ValueAt(slot), name, ref offset, out _))
            {
                RemoveFrom(fields, slot, name);
            }
        }

        if (fields.Has(KnownField.Cookie) && fields.Find(KnownField.Cookie) < 0)
        {
            fields.Remove(KnownField.Cookie);
        }
    }

    private static void RemoveFrom(HeaderFields fields, int slot, ReadOnlySpan<byte> name)
    {
        // Room first: the arena may move, and the value is read where it is then.
        Span<byte> room = fields.Reserve(fields.ValueAt(slot).Length);
        ReadOnlySpan<byte> rest = fields.ValueAt(slot);
        int kept = 0;
        while (!rest.IsEmpty)
        {
            int length = LengthOfPair(rest);
            ReadOnlySpan<byte> pair = rest[..length];
            rest = length < rest.Length ? rest[(length + 1)..] : default;
            if (IsNamed(pair.Trim(" \t"u8), name))
            {
                continue;
            }

            if (kept > 0)
            {
                room[kept++] = (byte)';';
            }
            else
            {
                pair = pair.TrimStart(" \t"u8);
            }

            pair.CopyTo(room[kept..]);
            kept += pair.Length;
        }

        fields.RemoveAt(slot);
        if (kept > 0)
        {
            fields.AddStored(KnownField.Cookie, fields.Commit(kept));
        }
    }

    private static int LengthOfPair(ReadOnlySpan<byte> rest)
    {
        int end = rest.IndexOf((byte)';');
        return end < 0 ? rest.Length : end;
    }

    private static bool IsNamed(ReadOnlySpan<byte> pair, ReadOnlySpan<byte> name) =>
        pair.Length > name.Length && pair[name.Length] == (byte)'=' && pair.StartsWith(name);
}
