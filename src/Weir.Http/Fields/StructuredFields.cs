using Weir.Abstractions.Heads;

namespace Weir.Http.Fields;

/// <summary>
/// Structured fields (RFC 9651): a strict parser and serializer. A field that does not parse is to be ignored as a whole. Objects
/// are made for what is parsed: for fields that are rare or parsed once, not for every request.
/// </summary>
public static class StructuredFields
{
    /// <summary>Reads an item; null when it is none.</summary>
    public static StructuredMember? ParseItem(ReadOnlySpan<byte> text)
    {
        StructuredParser parser = new(text);
        StructuredMember? item = parser.ReadItem();
        return parser.IsAtEnd ? item : null;
    }

    /// <summary>Reads a list, which may be empty; null when it is none.</summary>
    public static IReadOnlyList<StructuredMember>? ParseList(ReadOnlySpan<byte> text)
    {
        StructuredParser parser = new(text);
        List<StructuredMember> members = [];
        return parser.ReadList(members) && parser.IsAtEnd ? members : null;
    }

    /// <summary>Reads a dictionary, which may be empty; null when it is none.</summary>
    public static StructuredDictionary? ParseDictionary(ReadOnlySpan<byte> text)
    {
        StructuredParser parser = new(text);
        StructuredDictionary dictionary = new();
        return parser.ReadDictionary(dictionary) && parser.IsAtEnd ? dictionary : null;
    }

    /// <summary>Reads all fields of a name as one list (RFC 9651 section 4.2); null when they are none.</summary>
    public static IReadOnlyList<StructuredMember>? ParseList(HeaderFields fields, ReadOnlySpan<byte> name) => ParseList(Join(fields, name));

    /// <summary>Reads all fields of a name as one dictionary; null when they are none.</summary>
    public static StructuredDictionary? ParseDictionary(HeaderFields fields, ReadOnlySpan<byte> name) =>
        ParseDictionary(Join(fields, name));

    /// <summary>Writes an item or inner list.</summary>
    public static byte[] Write(StructuredMember member)
    {
        StructuredWriter writer = new();
        writer.WriteMember(member);
        return writer.ToArray();
    }

    /// <summary>Writes a list; an empty one is no octets, and the field is then left out.</summary>
    public static byte[] Write(IReadOnlyList<StructuredMember> list)
    {
        StructuredWriter writer = new();
        writer.WriteList(list);
        return writer.ToArray();
    }

    /// <summary>Writes a dictionary; an empty one is no octets, and the field is then left out.</summary>
    public static byte[] Write(StructuredDictionary dictionary)
    {
        StructuredWriter writer = new();
        writer.WriteDictionary(dictionary);
        return writer.ToArray();
    }

    private static ReadOnlySpan<byte> Join(HeaderFields fields, ReadOnlySpan<byte> name)
    {
        int first = fields.Find(name);
        if (first < 0)
        {
            return default;
        }

        int slot = fields.Find(name, first + 1);
        if (slot < 0)
        {
            return fields.ValueAt(first);
        }

        List<byte> joined = [.. fields.ValueAt(first)];
        for (; slot >= 0; slot = fields.Find(name, slot + 1))
        {
            joined.AddRange(", "u8);
            joined.AddRange(fields.ValueAt(slot));
        }

        return joined.ToArray();
    }
}
