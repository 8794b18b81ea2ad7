// Hot: written for each request whose stored responses vary.
using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Fields;

namespace Weir.Cache.Freshness;

/// <summary>
/// The values of a request's fields that Vary names, in a normal form: what means the same is written the same (RFC 9111 section 4.1).
/// </summary>
public static class VariantText
{
    /// <summary>Octets of one request's values; one with more has no stored variant.</summary>
    public const int MostOctets = 4096;

    // What the known codings take.
    private const int LeastRoom = 8;

    private static ReadOnlySpan<byte> Codings => "gzip\nbr\nzstd\ndeflate\n"u8;

    // Those, and what every client takes; RFC 9110 section 8.4.1.3: "x-gzip" is gzip.
    private static ReadOnlySpan<byte> Known => "gzip\nbr\nzstd\ndeflate\nidentity\nx-gzip\n"u8;

    /// <summary>Writes the values of fields.</summary>
    /// <param name="names">What <see cref="VaryRules.WriteNames"/> wrote.</param>
    /// <param name="request">The request's fields.</param>
    /// <param name="target">At least <see cref="MostOctets"/>.</param>
    /// <returns>Octets written, or -1: there are too many.</returns>
    public static int Write(ReadOnlySpan<byte> names, HeaderFields request, Span<byte> target)
    {
        int at = 0;
        while (!names.IsEmpty)
        {
            int end = names.IndexOf((byte)'\n');
            ReadOnlySpan<byte> name = names[..end];
            names = names[(end + 1)..];
            int written = WriteField(name, request, target[at..]);
            if (written < 0 || at + written >= MostOctets - 1)
            {
                return -1;
            }

            at += written;
            target[at++] = (byte)'\n';
        }

        return at;
    }

    /// <summary>
    /// Whether a response that varies by Accept-Encoding is in codings by which requests are told apart. Of another coding it is not known
    /// which of them take it, and to tell them apart by whatever they name would let one client make variants as it likes.
    /// </summary>
    public static bool TellsCodingsOf(HeaderFields response)
    {
        for (int slot = response.Find(KnownField.ContentEncoding); slot >= 0; slot = response.Find(KnownField.ContentEncoding, slot + 1))
        {
            foreach (ReadOnlySpan<byte> coding in new ListField(response.ValueAt(slot)))
            {
                if (!IsKnown(coding))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static int WriteField(ReadOnlySpan<byte> name, HeaderFields request, Span<byte> target)
    {
        if (target.Length < LeastRoom)
        {
            return -1;
        }

        if (name.SequenceEqual("accept-encoding"u8))
        {
            return WriteCodings(request, target);
        }

        // No field and an empty one are two things (RFC 9111 section 4.1).
        int slot = request.Find(name);
        if (slot < 0)
        {
            return 0;
        }

        bool foldsCase = name.SequenceEqual("accept-language"u8) || name.SequenceEqual("accept-charset"u8);
        int at = 0;
        for (; slot >= 0; slot = request.Find(name, slot + 1))
        {
            if (at > 0)
            {
                target[at++] = (byte)',';
            }
            else
            {
                target[at++] = (byte)'=';
            }

            ReadOnlySpan<byte> value = request.ValueAt(slot);
            if (at + value.Length + 2 > target.Length)
            {
                return -1;
            }

            at += WriteValue(value, foldsCase, target[at..]);
        }

        return at;
    }

    // RFC 9111 section 4.1: white space may be added or removed where the field's syntax allows it: around commas and semicolons.
    private static int WriteValue(ReadOnlySpan<byte> value, bool foldsCase, Span<byte> target)
    {
        bool isQuoted = false;
        int at = 0;
        for (int i = 0; i < value.Length; i++)
        {
            byte octet = value[i];
            isQuoted ^= octet == (byte)'"' && (i == 0 || value[i - 1] != (byte)'\\');
            if (!isQuoted && octet is (byte)' ' or (byte)'\t' && IsAtSeparator(value, i))
            {
                continue;
            }

            target[at++] = foldsCase && octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet;
        }

        return at;
    }

    private static bool IsAtSeparator(ReadOnlySpan<byte> value, int at)
    {
        int before = value[..at].LastIndexOfAnyExcept((byte)' ', (byte)'\t');
        int after = value[at..].IndexOfAnyExcept((byte)' ', (byte)'\t');
        return before < 0 || value[before] is (byte)',' or (byte)';' || after < 0 || value[at + after] is (byte)',' or (byte)';';
    }

    // Browsers write the same codings in many ways: what counts is which of those that are in use the client takes.
    private static int WriteCodings(HeaderFields request, Span<byte> target)
    {
        if (!request.Has(KnownField.AcceptEncoding))
        {
            // RFC 9110 section 12.5.3: it takes any coding, which is more than what an empty list says.
            return 0;
        }

        int at = 0;
        ReadOnlySpan<byte> codings = Codings;
        while (!codings.IsEmpty)
        {
            int end = codings.IndexOf((byte)'\n');
            target[at++] = IsTaken(request, codings[..end]) ? (byte)'1' : (byte)'0';
            codings = codings[(end + 1)..];
        }

        target[at++] = QualityList.Find(request, KnownField.AcceptEncoding, "identity"u8) == 0 ? (byte)'0' : (byte)'1';
        return at;
    }

    private static bool IsTaken(HeaderFields request, ReadOnlySpan<byte> coding) =>
        QualityList.Find(request, KnownField.AcceptEncoding, coding) > 0;

    private static bool IsKnown(ReadOnlySpan<byte> coding)
    {
        ReadOnlySpan<byte> codings = Known;
        while (!codings.IsEmpty)
        {
            int end = codings.IndexOf((byte)'\n');
            if (Ascii.EqualsIgnoreCase(coding, codings[..end]))
            {
                return true;
            }

            codings = codings[(end + 1)..];
        }

        return false;
    }
}
