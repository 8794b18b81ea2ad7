using System.Security.Cryptography;

namespace Weir.Net.Tls;

/// <summary>A key that session tickets are sealed with (RFC 5077 section 4). Immutable.</summary>
internal sealed unsafe class TlsTicketKey
{
    /// <summary>Name, cipher's key, authentication's key.</summary>
    public const int Octets = 80;

    public const int NameOctets = 16;
    public const int SecretOctets = 32;

    private readonly byte[] _octets = GC.AllocateUninitializedArray<byte>(Octets, pinned: true);

    /// <summary>A key made of these octets.</summary>
    public TlsTicketKey(ReadOnlySpan<byte> octets) => octets[..Octets].CopyTo(_octets);

    /// <summary>By which a ticket tells its key.</summary>
    public ReadOnlySpan<byte> Name => _octets.AsSpan(0, NameOctets);

    public ReadOnlySpan<byte> CipherKey => _octets.AsSpan(NameOctets, SecretOctets);

    public ReadOnlySpan<byte> AuthenticationKey => _octets.AsSpan(NameOctets + SecretOctets, SecretOctets);

    public static TlsTicketKey New()
    {
        Span<byte> octets = stackalloc byte[Octets];
        RandomNumberGenerator.Fill(octets);
        TlsTicketKey key = new(octets);
        CryptographicOperations.ZeroMemory(octets);
        return key;
    }
}
