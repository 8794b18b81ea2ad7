using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Weir.Http.Fields;

/// <summary>The proof that a server has read a WebSocket handshake (RFC 6455 section 4.2.2).</summary>
public static class WebSocketHandshake
{
    /// <summary>Octets of Sec-WebSocket-Accept.</summary>
    public const int AcceptOctets = 28;

    private const int KeyOctets = 24;
    private const int NonceOctets = 16;

    /// <summary>Whether a Sec-WebSocket-Key is the base64 of 16 octets.</summary>
    public static bool IsKey(ReadOnlySpan<byte> key) =>
        key.Length == KeyOctets && Base64.IsValid(key, out int decoded) && decoded == NonceOctets;

    /// <summary>Computes Sec-WebSocket-Accept for a key; false when it is none.</summary>
    /// <param name="key">The value of Sec-WebSocket-Key.</param>
    /// <param name="accept">At least <see cref="AcceptOctets"/>.</param>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 section 4.2.2 demands SHA-1; it protects nothing.")]
    public static bool TryAccept(ReadOnlySpan<byte> key, Span<byte> accept)
    {
        if (!IsKey(key))
        {
            return false;
        }

        Span<byte> proof = stackalloc byte[KeyOctets + 36];
        key.CopyTo(proof);
        "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8.CopyTo(proof[KeyOctets..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(proof, hash);
        Base64.EncodeToUtf8(hash, accept, out _, out _);
        return true;
    }
}
