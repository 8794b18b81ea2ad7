// Hot: asked for each request that passes the stack.
using System.Buffers.Binary;
using System.Security.Cryptography;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Expressions;

namespace Weir.Modules.Limiting;

/// <summary>
/// The key of a request as 64 bits of a keyed hash (SipHash): whoever does not know the key of this process cannot make two clients share a
/// bucket, or one client have many.
/// </summary>
internal sealed class RequestKey
{
    private readonly RequestKeyKind _kind;
    private readonly byte[] _name;
    private readonly KnownField _field;
    private readonly KeyExpression? _expression;
    private readonly int _claim;
    private readonly int _ipv6Bits;
    private readonly ulong _key0 = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));
    private readonly ulong _key1 = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));

    /// <param name="kind">What tells clients apart.</param>
    /// <param name="name">The name of the field or cookie.</param>
    /// <param name="ipv6Bits">How much of an IPv6 address does, 1 to 128.</param>
    public RequestKey(RequestKeyKind kind, byte[] name, int ipv6Bits)
    {
        _ipv6Bits = ipv6Bits;
        _kind = kind;
        _name = name;
        _field = KnownFields.Find(name);
    }

    public RequestKey(KeyExpression expression)
        : this(RequestKeyKind.Expression, [], 128) => _expression = expression;

    /// <param name="claim">The number of a claim.</param>
    /// <param name="ipv6Bits">How much of an IPv6 address does where there is no such claim.</param>
    public RequestKey(int claim, int ipv6Bits)
        : this(RequestKeyKind.Claim, [], ipv6Bits) => _claim = claim;

    /// <summary>The key of an exchange; never 0.</summary>
    public ulong Of(Exchange exchange)
    {
        HeaderFields fields = exchange.Request.Fields;
        ulong hash;
        switch (_kind)
        {
            case RequestKeyKind.Header when TryGet(fields, out ReadOnlySpan<byte> value):
            case RequestKeyKind.Cookie when CookieFields.TryFind(fields, _name, out value):
                hash = SipHash.Of(value, _key0, _key1);
                break;
            case RequestKeyKind.Claim when exchange.Claims is { } claims && claims.Has(_claim):
                hash = SipHash.Of(claims.Find(_claim), _key0, _key1);
                break;
            case RequestKeyKind.Host:
                hash = SipHash.Of(exchange.Request.Host, _key0, _key1);
                break;
            case RequestKeyKind.Expression:
                hash = SipHash.Of(_expression!.Read(exchange), _key0, _key1);
                break;
            case RequestKeyKind.All:
                hash = 1;
                break;
            default:
                hash = OfAddress(exchange.ClientAddress);
                break;
        }

        return hash == 0 ? 1 : hash;
    }

    private bool TryGet(HeaderFields fields, out ReadOnlySpan<byte> value) =>
        _field == KnownField.Other ? fields.TryGet(_name, out value) : fields.TryGet(_field, out value);

    // A customer's IPv6 network has 2^64 addresses: it counts as one client, unless told otherwise.
    private ulong OfAddress(IpAddress address)
    {
        ulong low = address.IsIPv4 ? address.Low : address.Low & Mask(_ipv6Bits - 64);
        ulong high = address.IsIPv4 ? address.High : address.High & Mask(_ipv6Bits);
        Span<byte> octets = stackalloc byte[16];
        new IpAddress(high, low).WriteOctets(octets);
        return SipHash.Of(octets, ~_key0, _key1);
    }

    private static ulong Mask(int bits) => bits <= 0 ? 0 : ulong.MaxValue << (64 - Math.Min(bits, 64));
}
