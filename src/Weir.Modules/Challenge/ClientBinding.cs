// Hot: asked for each request with a cookie of ours.
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Modules.Remembering;

namespace Weir.Modules.Challenge;

/// <summary>
/// Whom a stamp is for: the site, so much of the client's address, and its User-Agent where that is wanted; as octets that a seal covers.
/// </summary>
internal sealed class ClientBinding
{
    /// <summary>Octets that <see cref="Write"/> writes.</summary>
    public const int Octets = SHA256.HashSizeInBytes + AddressOctets + SHA256.HashSizeInBytes;

    /// <summary>Octets that <see cref="WriteDigest"/> writes.</summary>
    public const int DigestOctets = SHA256.HashSizeInBytes + AddressOctets + AddressOctets;

    private const int AddressOctets = 16;
    private const int MappedBits = 96;

    private readonly ChallengeBinding _kind;
    private readonly bool _hasUserAgent;
    private readonly DigestKey _agents = new();
    private SiteDigest? _site;

    public ClientBinding(ChallengeBinding kind, bool hasUserAgent)
    {
        _kind = kind;
        _hasUserAgent = hasUserAgent;
    }

    /// <summary>Writes whom an exchange is from.</summary>
    public void Write(Exchange exchange, Span<byte> target)
    {
        WritePlace(exchange, target);
        Span<byte> agent = target[(SHA256.HashSizeInBytes + AddressOctets)..Octets];
        agent.Clear();
        if (_hasUserAgent)
        {
            exchange.Request.Fields.TryGet(KnownField.UserAgent, out ReadOnlySpan<byte> value);
            SHA256.HashData(value, agent);
        }
    }

    /// <summary>Writes the same as this process alone knows it again, which costs less.</summary>
    public void WriteDigest(Exchange exchange, Span<byte> target)
    {
        WritePlace(exchange, target);
        Span<byte> agent = target[(SHA256.HashSizeInBytes + AddressOctets)..DigestOctets];
        agent.Clear();
        if (_hasUserAgent)
        {
            exchange.Request.Fields.TryGet(KnownField.UserAgent, out ReadOnlySpan<byte> value);
            CredentialDigest digest = _agents.Of(value);
            BinaryPrimitives.WriteUInt64LittleEndian(agent, digest.High);
            BinaryPrimitives.WriteUInt64LittleEndian(agent[8..], digest.Low);
        }
    }

    /// <summary>The network that counts as one client.</summary>
    public static IpPrefix NetworkOf(IpAddress address) => IpPrefix.Of(address, address.IsIPv4 ? MappedBits + 24 : 48);

    private void WritePlace(Exchange exchange, Span<byte> target)
    {
        DigestOf(exchange.SiteName).CopyTo(target);
        Prefix(exchange.ClientAddress).Address.WriteOctets(target[SHA256.HashSizeInBytes..]);
    }

    private IpPrefix Prefix(IpAddress address) => _kind switch
    {
        ChallengeBinding.Network => NetworkOf(address),
        ChallengeBinding.Address => IpPrefix.Of(address, address.IsIPv4 ? MappedBits + 32 : 64),
        _ => default,
    };

    // A module belongs to one site, whose name is the same object as long as the configuration is.
    private byte[] DigestOf(string? site)
    {
        if (Volatile.Read(ref _site) is { } known && ReferenceEquals(known.Site, site))
        {
            return known.Digest;
        }

        SiteDigest made = new(site, SHA256.HashData(Encoding.UTF8.GetBytes(site ?? "")));
        Volatile.Write(ref _site, made);
        return made.Digest;
    }

    private sealed record SiteDigest(string? Site, byte[] Digest);
}
