// Hot: runs for every exchange.
using System.Security.Cryptography;
using System.Text;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Tracing;
using Weir.Http.Fields;

namespace Weir.Pipeline.Forwarding;

/// <summary>
/// Who the client is, and what origins are told about it and about this proxy: Forwarded (RFC 7239), X-Forwarded-*, X-Request-Id, Via
/// (RFC 9110 section 7.6.3) and CDN-Loop (RFC 8586). What clients claim is replaced, unless a trusted proxy says it. Immutable.
/// </summary>
public sealed class IdentityPolicy
{
    // A chain of more trusted proxies than this is a mistake or an attack on the walk.
    private const int MaxHops = 16;

    private static readonly ulong _claims = HeaderFields.Mask(KnownField.Forwarded) | HeaderFields.Mask(KnownField.XForwardedFor)
        | HeaderFields.Mask(KnownField.XForwardedHost) | HeaderFields.Mask(KnownField.XForwardedProto)
        | HeaderFields.Mask(KnownField.XForwardedPort) | HeaderFields.Mask(KnownField.XRequestId);

    private static readonly ulong _never = HeaderFields.Mask(KnownField.ClientCert) | HeaderFields.Mask(KnownField.ClientCertChain);

    private readonly IpPrefix[] _trusted;
    private readonly byte[] _loopId;

    /// <summary>A policy with those trusted proxies.</summary>
    public IdentityPolicy(IReadOnlyList<IpPrefix> trusted)
    {
        _trusted = [.. trusted];

        // Unique in this process's life: another Weir in the chain is no loop.
        _loopId = Encoding.ASCII.GetBytes("weir-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)));
    }

    /// <summary>This proxy's name in Via, Proxy-Status and Cache-Status.</summary>
    public static ReadOnlySpan<byte> Pseudonym => "weir"u8;

    /// <summary>
    /// Settles the client's address and the request id, and drops claims that nobody vouches for. Before any module runs.
    /// </summary>
    public ProxyError? Receive(Exchange exchange)
    {
        HeaderFields fields = exchange.Request.Fields;
        bool isTrusted = exchange.Connection.IsTrustedProxy;
        if (isTrusted && fields.HasAny(_claims))
        {
            exchange.ClientAddress = FindClient(exchange);
        }

        if (isTrusted && fields.TryGet(KnownField.XRequestId, out ReadOnlySpan<byte> id) && IsUsableId(id))
        {
            exchange.SetRequestId(id);
        }
        else
        {
            MakeRequestId(exchange);
        }

        if (exchange.Trace is { } trace)
        {
            Tell(exchange, trace);
        }

        if (!isTrusted)
        {
            RemoveOtherClaims(fields);
        }

        fields.RemoveAll(isTrusted ? _never | HeaderFields.Mask(KnownField.XRequestId) : _never | _claims);
        return fields.Has(KnownField.CdnLoop) && CameThroughHere(fields) ? ProxyErrors.LoopDetected : null;
    }

    // X-Forwarded-Prefix, -Server, -Ssl, -Uri and whatever else origins believe; "_" because some servers read it as "-".
    private static void RemoveOtherClaims(HeaderFields fields)
    {
        for (int slot = 0; slot < fields.SlotCount; slot++)
        {
            if (fields.FieldAt(slot) == KnownField.Other && !fields.IsRemoved(slot) && IsClaim(fields.NameAt(slot)))
            {
                fields.RemoveAt(slot);
            }
        }
    }

    private static bool IsClaim(ReadOnlySpan<byte> name)
    {
        if (name.Length < "x-real-ip"u8.Length || (name[0] | 0x20) != 'x' || name[1] is not ((byte)'-' or (byte)'_'))
        {
            return false;
        }

        ReadOnlySpan<byte> prefix = "x-forwarded-"u8;
        ReadOnlySpan<byte> start = FieldSyntax.WithHyphens(name[..Math.Min(name.Length, prefix.Length)], stackalloc byte[prefix.Length]);
        return name.Length > prefix.Length ? Ascii.EqualsIgnoreCase(start, prefix) : Ascii.EqualsIgnoreCase(start, "x-real-ip"u8);
    }

    /// <summary>Adds what the origin is told. After all modules of the request.</summary>
    public void Send(Exchange exchange)
    {
        RequestHead request = exchange.Request;
        HeaderFields fields = request.Fields;
        IpAddress peer = exchange.Connection.Remote;
        ForwardedField.Append(fields, peer, request.Authority, request.IsHttps, default);
        fields.Add(KnownField.XForwardedFor, exchange.Connection.RemoteText);
        if (!fields.Has(KnownField.XForwardedHost))
        {
            fields.Add(KnownField.XForwardedHost, request.Authority);
        }

        if (!fields.Has(KnownField.XForwardedProto))
        {
            fields.Add(KnownField.XForwardedProto, request.IsHttps ? "https"u8 : "http"u8);
        }

        if (exchange.Connection.Tls is { ClientCertificate: { } certificate } tls)
        {
            ClientCertField.Add(fields, certificate);
            if (tls.ClientChain.Count > 0)
            {
                ClientCertField.AddChain(fields, tls.ClientChain);
            }
        }

        fields.Add(KnownField.XRequestId, exchange.RequestId);
        ViaField.Append(fields, request.Version, Pseudonym);
        fields.Add(KnownField.CdnLoop, _loopId);
    }

    private static void Tell(Exchange exchange, Trace trace)
    {
        string text = exchange.ClientAddress.ToString();
        if (exchange.Request.Fields.HasAny(_claims))
        {
            text += exchange.Connection.IsTrustedProxy
                ? $": told by {exchange.Connection.Remote}, which is in trusted_proxies"
                : ": what it says of itself in Forwarded, X-Forwarded-* or X-Request-Id is dropped, for it is not in trusted_proxies";
        }

        trace.Add("client", text);
        trace.Add("request id", Encoding.ASCII.GetString(exchange.RequestId));
    }

    /// <summary>Gives the exchange a request id of its own.</summary>
    public static void MakeRequestId(Exchange exchange)
    {
        Span<byte> id = stackalloc byte[32];
        WriteHex(exchange.Loop.NextRandom(), id);
        WriteHex(exchange.Loop.NextRandom(), id[16..]);
        exchange.SetRequestId(id);
    }

    private static void WriteHex(ulong value, Span<byte> target)
    {
        ReadOnlySpan<byte> digits = "0123456789abcdef"u8;
        for (int i = 15; i >= 0; i--)
        {
            target[i] = digits[(int)(value & 15)];
            value >>= 4;
        }
    }

    private static bool IsUsableId(ReadOnlySpan<byte> id)
    {
        if (id.Length is 0 or > 64)
        {
            return false;
        }

        foreach (byte octet in id)
        {
            bool isPlain = char.IsAsciiLetterOrDigit((char)octet)
                || octet is (byte)'-' or (byte)'_' or (byte)'.' or (byte)':' or (byte)'=' or (byte)'/' or (byte)'+';
            if (!isPlain)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// From the nearest hop outwards: the first address that is not a trusted proxy's is the client's. X-Forwarded-For decides where both
    /// fields are there: nearly every proxy keeps it, and one that knows nothing of Forwarded passes on what a client wrote there.
    /// </summary>
    private IpAddress FindClient(Exchange exchange)
    {
        Span<IpAddress> hops = stackalloc IpAddress[MaxHops];
        HeaderFields fields = exchange.Request.Fields;
        int count = fields.Has(KnownField.XForwardedFor) ? XForwardedFor.Read(fields, hops) : ForwardedField.Read(fields, hops);
        IpAddress client = exchange.Connection.Remote;
        for (int i = 0; i < count; i++)
        {
            if (hops[i].IsNone)
            {
                return client;
            }

            client = hops[i];
            if (!IsTrusted(client))
            {
                return client;
            }
        }

        return client;
    }

    private bool IsTrusted(IpAddress address) => IpPrefix.AnyContains(_trusted, address);

    private bool CameThroughHere(HeaderFields fields)
    {
        for (int slot = fields.Find(KnownField.CdnLoop); slot >= 0; slot = fields.Find(KnownField.CdnLoop, slot + 1))
        {
            foreach (ReadOnlySpan<byte> member in new ListField(fields.ValueAt(slot)))
            {
                if (member.SequenceEqual(_loopId))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
