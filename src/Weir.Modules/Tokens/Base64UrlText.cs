using System.Buffers;
using System.Buffers.Text;

namespace Weir.Modules.Tokens;

/// <summary>
/// Base64url as tokens have it (RFC 7515 section 2): without padding, white space or another way to write the same octets.
/// </summary>
internal static class Base64UrlText
{
    private static readonly SearchValues<byte> _letters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    /// <summary>The octets; null: it is no base64url.</summary>
    public static byte[]? Decode(ReadOnlySpan<byte> text)
    {
        if (text.ContainsAnyExcept(_letters) || text.Length % 4 == 1)
        {
            return null;
        }

        byte[] octets = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        OperationStatus status = Base64Url.DecodeFromUtf8(text, octets, out _, out int written);
        if (status != OperationStatus.Done)
        {
            return null;
        }

        // The last letter may hold bits that mean nothing: two texts for one token would be remembered as two.
        octets = octets[..written];
        return Base64Url.EncodeToUtf8(octets).AsSpan().SequenceEqual(text) ? octets : null;
    }

    /// <summary>The octets of a JSON text; null: it is no base64url.</summary>
    public static byte[]? Decode(string? text) =>
        text is null || !System.Text.Ascii.IsValid(text) ? null : Decode(System.Text.Encoding.ASCII.GetBytes(text));
}
