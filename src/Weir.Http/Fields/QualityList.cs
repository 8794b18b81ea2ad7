using System.Text;
using Weir.Abstractions.Heads;

namespace Weir.Http.Fields;

/// <summary>
/// The members of a list with weights, such as Accept and Accept-Encoding (RFC 9110 section 12.4.2), in received order. A member
/// whose weight is malformed is skipped. <c>foreach</c> walks them.
/// </summary>
public ref struct QualityList
{
    /// <summary>The weight of a member that names none.</summary>
    public const int Full = 1000;

    private ListField _members;

    /// <summary>Over one field's value.</summary>
    public QualityList(ReadOnlySpan<byte> value) => _members = new ListField(value);

    /// <summary>The member without its weight; parameters before it stay.</summary>
    public ReadOnlySpan<byte> Value { readonly get; private set; }

    /// <summary>The weight in thousandths, 0 (not acceptable) to 1000.</summary>
    public int Quality { readonly get; private set; }

    /// <summary>Itself: the pattern of <c>foreach</c>.</summary>
    public readonly QualityList Current => this;

    /// <summary>Itself: the pattern of <c>foreach</c>.</summary>
    public readonly QualityList GetEnumerator() => this;

    /// <summary>Goes to the next member.</summary>
    public bool MoveNext()
    {
        while (_members.MoveNext())
        {
            ReadOnlySpan<byte> member = _members.Current;
            int weight = StartOfWeight(member);
            int quality = weight < 0 ? Full : ParseWeight(member[(weight + 1)..]);
            if (quality >= 0)
            {
                Value = weight < 0 ? member : member[..weight].TrimEnd(" \t"u8);
                Quality = quality;
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The weight of a token in all fields of a name: its own, else that of "*", else -1 because the list does not speak of it.
    /// </summary>
    public static int Find(HeaderFields fields, KnownField field, ReadOnlySpan<byte> token)
    {
        int wildcard = -1;
        for (int slot = fields.Find(field); slot >= 0; slot = fields.Find(field, slot + 1))
        {
            foreach (QualityList member in new QualityList(fields.ValueAt(slot)))
            {
                if (Ascii.EqualsIgnoreCase(member.Value, token))
                {
                    return member.Quality;
                }

                wildcard = member.Value.SequenceEqual("*"u8) ? member.Quality : wildcard;
            }
        }

        return wildcard;
    }

    /// <summary>
    /// The weight of a media type in all Accept fields, by the most specific range that matches; 1000 when there is no Accept, 0 when
    /// none matches. Ranges with parameters are more specific than this type and do not match.
    /// </summary>
    /// <param name="fields">The request's fields.</param>
    /// <param name="type">Such as "text/html", in lower case.</param>
    public static int FindMedia(HeaderFields fields, ReadOnlySpan<byte> type)
    {
        int quality = fields.Has(KnownField.Accept) ? 0 : Full;
        int bestRank = -1;
        ReadOnlySpan<byte> prefix = type[..(type.IndexOf((byte)'/') + 1)];
        for (int slot = fields.Find(KnownField.Accept); slot >= 0; slot = fields.Find(KnownField.Accept, slot + 1))
        {
            foreach (QualityList member in new QualityList(fields.ValueAt(slot)))
            {
                int rank = Rank(member.Value, type, prefix);
                if (rank > bestRank)
                {
                    bestRank = rank;
                    quality = member.Quality;
                }
            }
        }

        return quality;
    }

    private static int Rank(ReadOnlySpan<byte> range, ReadOnlySpan<byte> type, ReadOnlySpan<byte> prefix)
    {
        if (Ascii.EqualsIgnoreCase(range, type))
        {
            return 2;
        }

        if (range.Length == prefix.Length + 1 && range[^1] == (byte)'*' && Ascii.EqualsIgnoreCase(range[..^1], prefix))
        {
            return 1;
        }

        return range.SequenceEqual("*/*"u8) ? 0 : -1;
    }

    // The index of the ";" of the weight, outside quoted strings; -1 when there is none.
    private static int StartOfWeight(ReadOnlySpan<byte> member)
    {
        bool isQuoted = false;
        for (int at = 0; at < member.Length; at++)
        {
            byte octet = member[at];
            if (octet == (byte)'"')
            {
                isQuoted = !isQuoted;
            }
            else if (octet == (byte)'\\' && isQuoted)
            {
                at++;
            }
            else if (octet == (byte)';' && !isQuoted && IsWeight(member[(at + 1)..]))
            {
                return at;
            }
        }

        return -1;
    }

    private static bool IsWeight(ReadOnlySpan<byte> parameter)
    {
        ReadOnlySpan<byte> rest = parameter.TrimStart(" \t"u8);
        return rest.Length >= 2 && (rest[0] | 0x20) == 'q' && rest[1] == (byte)'=';
    }

    // RFC 9110 section 12.4.2: 0 or 1 with up to three decimals. -1 when it is not that. Accept extensions behind it are ignored.
    private static int ParseWeight(ReadOnlySpan<byte> parameter)
    {
        ReadOnlySpan<byte> text = parameter.TrimStart(" \t"u8)[2..];
        int end = text.IndexOf((byte)';');
        text = (end < 0 ? text : text[..end]).TrimEnd(" \t"u8);
        if (text.Length is 0 or > 5 || text[0] is not ((byte)'0' or (byte)'1') || (text.Length > 1 && text[1] != (byte)'.'))
        {
            return -1;
        }

        int quality = (text[0] - '0') * Full;
        int scale = Full / 10;
        for (int i = 2; i < text.Length; i++)
        {
            if (text[i] is < (byte)'0' or > (byte)'9')
            {
                return -1;
            }

            quality += (text[i] - '0') * scale;
            scale /= 10;
        }

        return quality <= Full ? quality : -1;
    }
}
