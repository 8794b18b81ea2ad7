using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Weir.Modules.AuthOidc;

/// <summary>
/// A key that cookies are encrypted by. Any thread: what the platform's cipher keeps for itself, each thread has its own of.
/// </summary>
#pragma warning disable CA1001 // Loops may still use a key that was replaced: what the platform holds goes with the last of them.
internal sealed class SealKey
#pragma warning restore CA1001
{
    /// <summary>Octets of the secret that it is made of.</summary>
    public const int SecretOctets = 32;

    private readonly ThreadLocal<AesGcm> _cipher;

    /// <param name="secret">The secret; nobody else uses what is derived from it here.</param>
    /// <param name="id">Tells it from others; null: a number that is derived from the secret, too.</param>
    public SealKey(ReadOnlySpan<byte> secret, uint? id = null)
    {
        byte[] key = new byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, key, [], "weir auth_oidc cookie"u8);
        Id = id ?? IdOf(secret);
        CodeKey = new byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, CodeKey, [], "weir auth_oidc cookie code"u8);
        _cipher = new ThreadLocal<AesGcm>(() => new AesGcm(key, CookieSealer.TagOctets));
    }

    /// <summary>Tells it from others, and tells nothing of it.</summary>
    public uint Id { get; }

    /// <summary>The key of the code that says whether a cookie is worth decrypting.</summary>
    public byte[] CodeKey { get; }

    /// <summary>The cipher of this thread.</summary>
    public AesGcm Cipher => _cipher.Value!;

    private static uint IdOf(ReadOnlySpan<byte> secret)
    {
        Span<byte> id = stackalloc byte[sizeof(uint)];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, id, [], "weir auth_oidc cookie id"u8);
        return BinaryPrimitives.ReadUInt32LittleEndian(id);
    }
}
