using System.Security.Cryptography;
using System.Text;

namespace Weir.Pipeline.Sticking;

/// <summary>
/// What cookies of sticky sessions are made and checked with: three keys derived from one secret, which processes share that serve the same
/// clients. Immutable.
/// </summary>
public sealed class StickyKeys
{
    /// <summary>Octets of the secret.</summary>
    public const int SecretOctets = 32;

    private readonly byte[] _seal;
    private readonly byte[] _mask;
    private readonly byte[] _name;

    /// <summary>The keys of a secret.</summary>
    /// <exception cref="ArgumentException">The secret has another length than <see cref="SecretOctets"/>.</exception>
    public StickyKeys(ReadOnlySpan<byte> secret)
    {
        if (secret.Length != SecretOctets)
        {
            throw new ArgumentException($"A secret of {secret.Length} octets instead of {SecretOctets}.", nameof(secret));
        }

        _seal = HMACSHA256.HashData(secret, "weir sticky seal"u8);
        _mask = HMACSHA256.HashData(secret, "weir sticky mask"u8);
        _name = HMACSHA256.HashData(secret, "weir sticky name"u8);
    }

    /// <summary>Keys that end with the process: clients lose their servers at a restart.</summary>
    public static StickyKeys Fleeting() => new(RandomNumberGenerator.GetBytes(SecretOctets));

    /// <summary>Authenticates what a cookie says; 32 octets.</summary>
    internal void Seal(ReadOnlySpan<byte> octets, Span<byte> target) => HMACSHA256.HashData(_seal, octets, target);

    /// <summary>What a server's number is hidden behind; 32 octets.</summary>
    internal void Mask(ReadOnlySpan<byte> octets, Span<byte> target) => HMACSHA256.HashData(_mask, octets, target);

    /// <summary>A server's number: the same in every process with this secret, and nothing that its name could be guessed from.</summary>
    internal ulong NumberOf(string upstream, string server)
    {
        byte[] hash = HMACSHA256.HashData(_name, Encoding.UTF8.GetBytes(upstream + "\0" + server));
        return BitConverter.ToUInt64(hash);
    }
}
