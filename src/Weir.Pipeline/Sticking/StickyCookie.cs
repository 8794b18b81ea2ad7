// Hot where clients are kept on their servers: one value is read for every request.
using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Weir.Pipeline.Sticking;

/// <summary>
/// The value of a cookie: version, second of issue, salt, the server's number behind a mask, seal; as base64url. The mask depends on second
/// and salt, so that clients of one server do not have the same value; the seal covers everything before it.
/// </summary>
internal static class StickyCookie
{
    /// <summary>Octets of a value as it stands in a field.</summary>
    public const int TextOctets = 44;

    private const byte Version = 1;
    private const int SaltAt = 5;
    private const int NumberAt = 9;
    private const int SealAt = 17;
    private const int SealOctets = 16;
    private const int Octets = SealAt + SealOctets;

    // Clocks of machines that share a secret differ.
    private const long SkewSeconds = 300;

    /// <summary>Writes a value of <see cref="TextOctets"/>.</summary>
    public static void Write(StickyKeys keys, ulong number, uint salt, long nowSeconds, Span<byte> target)
    {
        Span<byte> octets = stackalloc byte[Octets];
        Span<byte> hash = stackalloc byte[32];
        octets[0] = Version;
        BinaryPrimitives.WriteUInt32BigEndian(octets[1..], (uint)nowSeconds);
        BinaryPrimitives.WriteUInt32BigEndian(octets[SaltAt..], salt);
        keys.Mask(octets[..NumberAt], hash);
        BinaryPrimitives.WriteUInt64BigEndian(octets[NumberAt..], number ^ BinaryPrimitives.ReadUInt64BigEndian(hash));
        keys.Seal(octets[..SealAt], hash);
        hash[..SealOctets].CopyTo(octets[SealAt..]);
        Base64Url.EncodeToUtf8(octets, target, out _, out _);
    }

    /// <summary>Reads a value; false for whatever this secret did not seal, and for what is older than the time to live.</summary>
    public static bool TryRead(StickyPolicy policy, ReadOnlySpan<byte> text, long nowSeconds, out ulong number, out long ageSeconds)
    {
        number = 0;
        ageSeconds = 0;
        Span<byte> octets = stackalloc byte[Octets];
        if (text.Length != TextOctets
            || Base64Url.DecodeFromUtf8(text, octets, out _, out int written) != OperationStatus.Done
            || written != Octets || octets[0] != Version)
        {
            return false;
        }

        Span<byte> hash = stackalloc byte[32];
        policy.Keys.Seal(octets[..SealAt], hash);
        if (!CryptographicOperations.FixedTimeEquals(hash[..SealOctets], octets[SealAt..]))
        {
            return false;
        }

        ageSeconds = nowSeconds - BinaryPrimitives.ReadUInt32BigEndian(octets[1..]);
        if (ageSeconds >= policy.TtlSeconds || ageSeconds < -SkewSeconds)
        {
            return false;
        }

        policy.Keys.Mask(octets[..NumberAt], hash);
        number = BinaryPrimitives.ReadUInt64BigEndian(octets[NumberAt..]) ^ BinaryPrimitives.ReadUInt64BigEndian(hash);
        return true;
    }
}
