using System.Text;
using Weir.Abstractions.Heads;

namespace Weir.Http.Fields;

/// <summary>Via (RFC 9110 section 7.6.3): the protocol a message was received with and a pseudonym of the proxy, no version.</summary>
public static class ViaField
{
    /// <summary>Adds an element at the end of what is there.</summary>
    /// <param name="fields">The message's fields.</param>
    /// <param name="received">The version the message was received with.</param>
    /// <param name="pseudonym">A token.</param>
    public static void Append(HeaderFields fields, HttpVersion received, ReadOnlySpan<byte> pseudonym)
    {
        ReadOnlySpan<byte> protocol = received switch
        {
            HttpVersion.Http10 => "1.0 "u8,
            HttpVersion.Http2 => "2 "u8,
            HttpVersion.Http3 => "3 "u8,
            _ => "1.1 "u8,
        };
        Span<byte> room = fields.Reserve(protocol.Length + pseudonym.Length);
        protocol.CopyTo(room);
        pseudonym.CopyTo(room[protocol.Length..]);
        fields.AddStored(KnownField.Via, fields.Commit(protocol.Length + pseudonym.Length));
    }

    /// <summary>How often a pseudonym stands in the Via fields: above what the set-up explains, the message runs in circles.</summary>
    public static int Count(HeaderFields fields, ReadOnlySpan<byte> pseudonym)
    {
        int count = 0;
        for (int slot = fields.Find(KnownField.Via); slot >= 0; slot = fields.Find(KnownField.Via, slot + 1))
        {
            foreach (ReadOnlySpan<byte> element in new ListField(fields.ValueAt(slot)))
            {
                count += Ascii.EqualsIgnoreCase(ReceivedBy(element), pseudonym) ? 1 : 0;
            }
        }

        return count;
    }

    private static ReadOnlySpan<byte> ReceivedBy(ReadOnlySpan<byte> element)
    {
        int space = element.IndexOfAny((byte)' ', (byte)'\t');
        if (space < 0)
        {
            return default;
        }

        ReadOnlySpan<byte> rest = element[space..].TrimStart(" \t"u8);
        int end = rest.IndexOfAny((byte)' ', (byte)'\t', (byte)'(');
        return end < 0 ? rest : rest[..end];
    }
}
