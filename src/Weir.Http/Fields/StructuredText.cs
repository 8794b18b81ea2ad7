using System.Buffers;

namespace Weir.Http.Fields;

/// <summary>Tokens, keys and strings as RFC 9651 writes them.</summary>
internal static class StructuredText
{
    private static readonly SearchValues<byte> _tokenOctets =
        SearchValues.Create("!#$%&'*+-.^_`|~:/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> _keyOctets = SearchValues.Create("_-.*0123456789abcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>The alphabet of base64 (RFC 4648 section 4), without padding.</summary>
    public static SearchValues<byte> Base64Octets { get; } =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    public static bool IsTokenOctet(byte octet) => _tokenOctets.Contains(octet);

    public static bool IsKeyOctet(byte octet) => _keyOctets.Contains(octet);

    public static bool IsTokenStart(byte octet) => char.IsAsciiLetter((char)octet) || octet == (byte)'*';

    public static bool IsKeyStart(byte octet) => char.IsAsciiLetterLower((char)octet) || octet == (byte)'*';

    /// <summary>RFC 9651 section 3.3.4.</summary>
    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && IsTokenStart(text[0]) && !text.ContainsAnyExcept(_tokenOctets);

    /// <summary>RFC 9651 section 3.1.2.</summary>
    public static bool IsKey(ReadOnlySpan<byte> text) => !text.IsEmpty && IsKeyStart(text[0]) && !text.ContainsAnyExcept(_keyOctets);

    /// <summary>Writes a quoted string; octets that it cannot hold become "?". At most twice the text and two octets.</summary>
    public static int WriteString(ReadOnlySpan<byte> text, Span<byte> target)
    {
        int length = 0;
        target[length++] = (byte)'"';
        foreach (byte octet in text)
        {
            if (octet is (byte)'"' or (byte)'\\')
            {
                target[length++] = (byte)'\\';
            }

            target[length++] = octet is >= 0x20 and < 0x7F ? octet : (byte)'?';
        }

        target[length++] = (byte)'"';
        return length;
    }
}
