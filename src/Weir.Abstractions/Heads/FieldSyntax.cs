using System.Buffers;

namespace Weir.Abstractions.Heads;

/// <summary>What may stand in a field name and a field value (RFC 9110 sections 5.1, 5.5 and 5.6.2).</summary>
public static class FieldSyntax
{
    private static readonly SearchValues<byte> _tokenOctets =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> _forbiddenInValue = SearchValues.Create(ForbiddenInValue());

    /// <summary>The octets of a token.</summary>
    public static SearchValues<byte> TokenOctets => _tokenOctets;

    /// <summary>Control octets that a field value may not hold: all but HTAB.</summary>
    public static SearchValues<byte> ForbiddenInValues => _forbiddenInValue;

    /// <summary>RFC 9110 section 5.6.2: one or more token octets.</summary>
    public static bool IsToken(ReadOnlySpan<byte> name) => !name.IsEmpty && !name.ContainsAnyExcept(_tokenOctets);

    /// <summary>RFC 9110 section 5.5: no control octets but HTAB. Surrounding white space is the caller's business.</summary>
    public static bool IsValue(ReadOnlySpan<byte> value) => !value.ContainsAny(_forbiddenInValue);

    /// <summary>A name with "-" for "_", as servers read it that make variables of names. The room must hold the name.</summary>
    public static ReadOnlySpan<byte> WithHyphens(ReadOnlySpan<byte> name, Span<byte> room)
    {
        name.Replace(room, (byte)'_', (byte)'-');
        return room[..name.Length];
    }

    private static byte[] ForbiddenInValue()
    {
        List<byte> forbidden = [0x7F];
        for (byte octet = 0; octet < 0x20; octet++)
        {
            if (octet != (byte)'\t')
            {
                forbidden.Add(octet);
            }
        }

        return [.. forbidden];
    }
}
