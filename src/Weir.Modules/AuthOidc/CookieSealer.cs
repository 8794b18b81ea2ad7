using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Weir.Modules.Tokens;

namespace Weir.Modules.AuthOidc;

/// <summary>
/// Encrypts what cookies hold (AES-256-GCM), bound to what it is for: version, the key's id, 12 random octets, the text, the tag, and half
/// an HMAC-SHA256 of all that; as base64url. A key takes turns long before 2^32 random numbers are used up.
/// </summary>
/// <remarks>
/// The tag alone would do, but the platform tells by an exception that it is wrong, which costs as much as a request: whoever sends
/// cookies that were made up would have them thrown. So the code is looked at first, and the tag is never wrong.
/// </remarks>
internal sealed class CookieSealer
{
    /// <summary>Octets of the tag.</summary>
    public const int TagOctets = 16;

    private const byte Version = 2;
    private const int CodeOctets = 16;
    private const int NonceOctets = 12;
    private const int HeadOctets = 1 + sizeof(uint) + NonceOctets;

    private readonly SealKeys _keys;
    private readonly byte[] _session;
    private readonly byte[] _login;

    /// <param name="keys">The keys.</param>
    /// <param name="place">What cookies are good for: those of another provider or client are not.</param>
    public CookieSealer(SealKeys keys, string place)
    {
        _keys = keys;
        _session = Encoding.UTF8.GetBytes("session\n" + place);
        _login = Encoding.UTF8.GetBytes("login\n" + place);
    }

    /// <summary>A session as a cookie's value.</summary>
    public byte[] SealSession(ReadOnlySpan<byte> text, long nowUnixMs) => Seal(text, _session, nowUnixMs);

    /// <summary>A login that has begun as a cookie's value.</summary>
    public byte[] SealLogin(ReadOnlySpan<byte> text, long nowUnixMs) => Seal(text, _login, nowUnixMs);

    /// <summary>What a session's cookie holds; null: it is not ours, or its key is gone.</summary>
    /// <param name="value">The cookie.</param>
    /// <param name="nowUnixMs">The time.</param>
    /// <param name="keyId">The key that it was encrypted by.</param>
    public byte[]? OpenSession(ReadOnlySpan<byte> value, long nowUnixMs, out uint keyId) => Open(value, _session, nowUnixMs, out keyId);

    /// <summary>Whether cookies of a key are still good.</summary>
    public bool HasKey(uint keyId, long nowUnixMs) => _keys.Find(keyId, nowUnixMs) is not null;

    /// <summary>What a login's cookie holds; null: it is not ours, or its key is gone.</summary>
    public byte[]? OpenLogin(ReadOnlySpan<byte> value, long nowUnixMs) => Open(value, _login, nowUnixMs, out _);

    private byte[] Seal(ReadOnlySpan<byte> text, byte[] use, long nowUnixMs)
    {
        SealKey key = _keys.Newest(nowUnixMs);
        byte[] whole = new byte[HeadOctets + text.Length + TagOctets + CodeOctets];
        whole[0] = Version;
        BinaryPrimitives.WriteUInt32LittleEndian(whole.AsSpan(1), key.Id);
        Span<byte> nonce = whole.AsSpan(HeadOctets - NonceOctets, NonceOctets);
        RandomNumberGenerator.Fill(nonce);
        key.Cipher.Encrypt(
            nonce, text, whole.AsSpan(HeadOctets, text.Length), whole.AsSpan(HeadOctets + text.Length, TagOctets), use);
        Code(key, whole.AsSpan(0, whole.Length - CodeOctets), use, whole.AsSpan(whole.Length - CodeOctets));
        return Base64Url.EncodeToUtf8(whole);
    }

    private byte[]? Open(ReadOnlySpan<byte> value, byte[] use, long nowUnixMs, out uint keyId)
    {
        keyId = 0;
        if (Base64UrlText.Decode(value) is not { } whole || whole.Length < HeadOctets + TagOctets + CodeOctets || whole[0] != Version)
        {
            return null;
        }

        keyId = BinaryPrimitives.ReadUInt32LittleEndian(whole.AsSpan(1));
        Span<byte> code = stackalloc byte[CodeOctets];
        ReadOnlySpan<byte> coded = whole.AsSpan(0, whole.Length - CodeOctets);
        if (_keys.Find(keyId, nowUnixMs) is not { } key)
        {
            return null;
        }

        Code(key, coded, use, code);
        if (!CryptographicOperations.FixedTimeEquals(code, whole.AsSpan(coded.Length)))
        {
            return null;
        }

        byte[] text = new byte[coded.Length - HeadOctets - TagOctets];
        key.Cipher.Decrypt(
            whole.AsSpan(HeadOctets - NonceOctets, NonceOctets), whole.AsSpan(HeadOctets, text.Length), coded[^TagOctets..], text, use);
        return text;
    }

    // No option that says what it is for can hold a 0: what is coded can be parted in one way alone.
    private static void Code(SealKey key, ReadOnlySpan<byte> coded, byte[] use, Span<byte> target)
    {
        byte[] all = [.. use, 0, .. coded];
        Span<byte> code = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.CodeKey, all, code);
        code[..CodeOctets].CopyTo(target);
    }
}
