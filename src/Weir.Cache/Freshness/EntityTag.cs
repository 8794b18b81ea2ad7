// Hot: conditional requests are compared here.
namespace Weir.Cache.Freshness;

/// <summary>Entity tags (RFC 9110 section 8.8.3), as they are written.</summary>
public static class EntityTag
{
    /// <summary>Whether it is weak.</summary>
    public static bool IsWeak(ReadOnlySpan<byte> tag) => tag.StartsWith("W/"u8);

    /// <summary>Whether it is an entity tag at all: quoted, perhaps weak.</summary>
    public static bool IsValid(ReadOnlySpan<byte> tag)
    {
        ReadOnlySpan<byte> opaque = Opaque(tag);
        return opaque.Length >= 2 && opaque[0] == (byte)'"' && opaque[^1] == (byte)'"' && opaque[1..^1].IndexOf((byte)'"') < 0;
    }

    /// <summary>RFC 9110 section 8.8.3.2: strong comparison.</summary>
    public static bool EqualsStrongly(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        !IsWeak(left) && IsValid(left) && left.SequenceEqual(right);

    /// <summary>RFC 9110 section 8.8.3.2: weak comparison.</summary>
    public static bool EqualsWeakly(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => Opaque(left).SequenceEqual(Opaque(right));

    /// <summary>Whether a list, If-None-Match's value, names the tag or is "*".</summary>
    public static bool IsListed(ReadOnlySpan<byte> list, ReadOnlySpan<byte> tag)
    {
        if (list.SequenceEqual("*"u8))
        {
            return true;
        }

        // Commas may stand inside of tags, so they are told apart by their quotation marks; a quote cannot be escaped in one.
        while (true)
        {
            list = list.TrimStart(" \t,"u8);
            int open = list.StartsWith("W/\""u8) ? 2 : list.StartsWith("\""u8) ? 0 : -1;
            int close = open < 0 ? -1 : list[(open + 1)..].IndexOf((byte)'"');
            if (close < 0)
            {
                return IsUnquotedListed(list, tag);
            }

            int end = open + close + 2;
            if (EqualsWeakly(list[..end], tag))
            {
                return !tag.IsEmpty;
            }

            list = list[end..];
        }
    }

    private static ReadOnlySpan<byte> Opaque(ReadOnlySpan<byte> tag) => IsWeak(tag) ? tag[2..] : tag;

    // Some origins leave the quotes out, and clients give back what they got: equal octets are equal.
    private static bool IsUnquotedListed(ReadOnlySpan<byte> list, ReadOnlySpan<byte> tag) =>
        !tag.IsEmpty && list.TrimEnd(" \t"u8).SequenceEqual(tag);
}
