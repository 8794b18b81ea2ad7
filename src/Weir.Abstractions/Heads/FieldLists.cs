// Hot: runs for each message whose content is changed.
using System.Text;

namespace Weir.Abstractions.Heads;

/// <summary>Fields that are lists of words (RFC 9110 section 5.6.1).</summary>
public static class FieldLists
{
    /// <summary>Whether a word is a member of a field, in any case, with or without an argument.</summary>
    public static bool Has(HeaderFields fields, KnownField field, ReadOnlySpan<byte> word)
    {
        for (int slot = fields.Find(field); slot >= 0; slot = fields.Find(field, slot + 1))
        {
            ReadOnlySpan<byte> list = fields.ValueAt(slot);
            while (!list.IsEmpty)
            {
                int comma = list.IndexOf((byte)',');
                ReadOnlySpan<byte> member = (comma < 0 ? list : list[..comma]).Trim(" \t"u8);
                list = comma < 0 ? default : list[(comma + 1)..];
                int end = member.IndexOfAny((byte)'=', (byte)';');
                if (Ascii.EqualsIgnoreCase(end < 0 ? member : member[..end], word))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Adds a member that is not there yet; "*" holds all.</summary>
    public static void Add(HeaderFields fields, KnownField field, ReadOnlySpan<byte> word)
    {
        if (!Has(fields, field, word) && !Has(fields, field, "*"u8))
        {
            fields.Add(field, word);
        }
    }
}
