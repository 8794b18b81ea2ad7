using Weir.Abstractions.Heads;

namespace Weir.Modules;

/// <summary>What becomes of an entity tag when the octets change but not what they mean (RFC 9110 section 8.8.1).</summary>
internal static class EntityTags
{
    /// <summary>Makes a strong entity tag weak: the octets are others than the origin's.</summary>
    public static void Weaken(HeaderFields fields)
    {
        if (fields.TryGet(KnownField.ETag, out ReadOnlySpan<byte> tag) && tag.StartsWith("\""u8))
        {
            Span<byte> weak = tag.Length < 254 ? stackalloc byte[256] : new byte[tag.Length + 2];
            "W/"u8.CopyTo(weak);
            tag.CopyTo(weak[2..]);
            fields.Set(KnownField.ETag, weak[..(tag.Length + 2)]);
        }
    }

    /// <summary>
    /// Whether a request holds the weak form of a response's strong entity tag: what it has was changed on its way here, and a 304 must
    /// name it as it knows it (RFC 9111 section 4.3.4).
    /// </summary>
    public static bool HoldsWeakForm(HeaderFields request, HeaderFields response)
    {
        if (!response.TryGet(KnownField.ETag, out ReadOnlySpan<byte> tag) || !tag.StartsWith("\""u8))
        {
            return false;
        }

        for (int slot = request.Find(KnownField.IfNoneMatch); slot >= 0; slot = request.Find(KnownField.IfNoneMatch, slot + 1))
        {
            ReadOnlySpan<byte> list = request.ValueAt(slot);
            for (int at = list.IndexOf("W/\""u8); at >= 0; at = list.IndexOf("W/\""u8))
            {
                list = list[(at + 2)..];
                if (list.StartsWith(tag))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
