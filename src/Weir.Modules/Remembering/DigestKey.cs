// Hot: digests what each request shows that passes an auth module.
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Weir.Modules.Remembering;

/// <summary>
/// A random key of this process by which digests of what is remembered are made (decision 0024). They are compared within the process, and
/// neither shown nor kept anywhere else. Any thread.
/// </summary>
internal sealed class DigestKey
{
    private readonly ulong _key0 = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));
    private readonly ulong _key1 = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));

    /// <summary>The digest of some octets.</summary>
    public CredentialDigest Of(ReadOnlySpan<byte> octets)
    {
        (ulong high, ulong low) = SipHash128.Of(octets, _key0, _key1);
        return new CredentialDigest(high, low);
    }
}
