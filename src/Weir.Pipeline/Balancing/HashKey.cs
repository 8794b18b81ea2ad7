// Hot: read for every try that is balanced by hash.
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Pipeline.Routing;

namespace Weir.Pipeline.Balancing;

/// <summary>What of a request decides which server gets it, as a number.</summary>
internal sealed class HashKey
{
    // Fixed: every Weir, and this one after a restart, must send a key to the same server.
    private const ulong Seed = 0x51ED_270B_9F6A_7C15;

    private readonly HashKeyKind _kind;
    private readonly byte[] _name;

    /// <summary>A key, as the configuration writes it: client_ip, uri, header.NAME or cookie.NAME.</summary>
    public HashKey(string text)
    {
        Text = text;
        int dot = text.IndexOf('.');
        _name = Encoding.ASCII.GetBytes(text[(dot + 1)..]);
        _kind = (dot < 0 ? text : text[..dot]) switch
        {
            "client_ip" => HashKeyKind.ClientIp,
            "uri" => HashKeyKind.Uri,
            "header" => HashKeyKind.Header,
            "cookie" => HashKeyKind.Cookie,
            _ => throw new ArgumentException($"'{text}' is nothing to hash by.", nameof(text)),
        };
    }

    /// <summary>As the configuration writes it.</summary>
    public string Text { get; }

    /// <summary>The number; false: the request has no such thing, or an empty one.</summary>
    public bool TryRead(Exchange exchange, out ulong hash)
    {
        RequestHead request = exchange.Request;
        switch (_kind)
        {
            case HashKeyKind.ClientIp:
                return TryHash(exchange.ClientAddress, out hash);
            case HashKeyKind.Uri:
                hash = OctetHash.Add(OctetHash.Add(Seed, request.Path, 0), request.Query, 0);
                return true;
            case HashKeyKind.Header:
                int slot = request.Fields.Find(_name);
                return TryHash(slot < 0 ? default : request.Fields.ValueAt(slot), out hash);
            default:
                bool isThere = CookieFields.TryFind(request.Fields, _name, out ReadOnlySpan<byte> value);
                return TryHash(isThere ? value : default, out hash);
        }
    }

    private static bool TryHash(IpAddress address, out ulong hash)
    {
        Span<byte> octets = stackalloc byte[16];
        address.WriteOctets(octets);
        hash = OctetHash.Add(Seed, octets, 0);
        return !address.IsNone;
    }

    private static bool TryHash(ReadOnlySpan<byte> value, out ulong hash)
    {
        hash = OctetHash.Add(Seed, value, 0);
        return !value.IsEmpty;
    }
}
