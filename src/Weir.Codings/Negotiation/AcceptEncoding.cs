// Hot: runs for each response that may be compressed.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Heads;

namespace Weir.Codings.Negotiation;

/// <summary>
/// What a client accepts (RFC 9110 section 12.5.3): a quality from 0 to 1000 for each coding, which an entry of its own or "*" gives it.
/// A member that breaks the syntax is left out, the others count.
/// </summary>
public readonly struct AcceptEncoding
{
    private const int Codings = 5;
    private const short Unsaid = -1;

    private readonly Qualities _qualities;

    private AcceptEncoding(Qualities qualities, bool isSaid)
    {
        _qualities = qualities;
        IsSaid = isSaid;
    }

    /// <summary>Whether the client said anything: who says nothing accepts all and expects none.</summary>
    public bool IsSaid { get; }

    /// <summary>Reads all Accept-Encoding fields of a request.</summary>
    public static AcceptEncoding Of(HeaderFields fields)
    {
        Qualities qualities = default;
        for (int i = 0; i < Codings; i++)
        {
            qualities[i] = Unsaid;
        }

        short others = Unsaid;
        bool isSaid = false;
        for (int slot = fields.Find(KnownField.AcceptEncoding); slot >= 0; slot = fields.Find(KnownField.AcceptEncoding, slot + 1))
        {
            isSaid = true;
            Read(fields.ValueAt(slot), ref qualities, ref others);
        }

        for (int i = 0; i < Codings; i++)
        {
            if (qualities[i] == Unsaid)
            {
                // RFC 9110 section 12.5.3: identity stays acceptable unless it is excluded, by name or by "*;q=0".
                qualities[i] = i == (int)ContentCoding.Identity && others != 0 ? (short)1 : Math.Max(others, (short)0);
            }
        }

        return new(qualities, isSaid);
    }

    /// <summary>From 0, which is a refusal, to 1000.</summary>
    public int Quality(ContentCoding coding) => _qualities[(int)coding];

    /// <summary>Whether content of that coding may be sent; without the field everything may.</summary>
    public bool Accepts(ContentCoding coding) => !IsSaid || Quality(coding) > 0;

    /// <summary>
    /// The coding of the highest quality, the earlier one in the server's order where two are equal; identity when the client prefers it,
    /// or accepts none of them.
    /// </summary>
    public ContentCoding Choose(ReadOnlySpan<ContentCoding> order)
    {
        ContentCoding best = ContentCoding.Identity;
        int quality = 0;
        if (!IsSaid)
        {
            return best;
        }

        foreach (ContentCoding coding in order)
        {
            if (Quality(coding) > quality)
            {
                best = coding;
                quality = Quality(coding);
            }
        }

        return Quality(ContentCoding.Identity) > quality ? ContentCoding.Identity : best;
    }

    private static void Read(ReadOnlySpan<byte> value, ref Qualities qualities, ref short others)
    {
        while (!value.IsEmpty)
        {
            int comma = value.IndexOf((byte)',');
            ReadOnlySpan<byte> member = Trim(comma < 0 ? value : value[..comma]);
            value = comma < 0 ? default : value[(comma + 1)..];
            int semicolon = member.IndexOf((byte)';');
            ReadOnlySpan<byte> name = Trim(semicolon < 0 ? member : member[..semicolon]);
            short quality = 1000;
            if (semicolon >= 0 && !TryReadQuality(Trim(member[(semicolon + 1)..]), out quality))
            {
                continue;
            }

            if (name.SequenceEqual("*"u8))
            {
                others = quality;
            }
            else if (ContentCodings.TryParse(name, out ContentCoding coding))
            {
                qualities[(int)coding] = quality;
            }
        }
    }

    // RFC 9110 section 12.4.2: "q=" and 0 or 1, with up to three digits behind a point.
    private static bool TryReadQuality(ReadOnlySpan<byte> parameter, out short quality)
    {
        quality = 0;
        if (parameter.Length is < 3 or > 7 || (parameter[0] | 0x20) != 'q' || parameter[1] != '='
            || (parameter.Length > 3 && parameter[3] != '.'))
        {
            return false;
        }

        int thousandths = (parameter[2] - '0') * 1000;
        int weight = 100;
        for (int i = 4; i < parameter.Length; i++, weight /= 10)
        {
            if (!char.IsAsciiDigit((char)parameter[i]))
            {
                return false;
            }

            thousandths += (parameter[i] - '0') * weight;
        }

        quality = (short)thousandths;
        return parameter[2] is (byte)'0' or (byte)'1' && thousandths <= 1000;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t"u8);

    [InlineArray(Codings)]
    private struct Qualities
    {
        private short _first;
    }
}
