using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Net.Tls;

namespace Weir.Server.Listening;

/// <summary>What a listener does with new connections. Immutable.</summary>
public sealed record ListenerOptions
{
    private readonly IpPrefix[] _proxyProtocol = [];
    private readonly IpPrefix[] _trustedProxies = [];

    /// <summary>The address as configured: its name in logs.</summary>
    public required string Name { get; init; }

    /// <summary>Whether HTTP/1.1 is spoken.</summary>
    public bool SpeaksHttp1 { get; init; } = true;

    /// <summary>Whether HTTP/2 is spoken; without TLS to clients that begin with its preface (RFC 9113 section 3.3).</summary>
    public bool SpeaksHttp2 { get; init; }

    /// <summary>Senders whose PROXY header is required and believed.</summary>
    public IReadOnlyList<IpPrefix> ProxyProtocol { get => _proxyProtocol; init => _proxyProtocol = [.. value]; }

    /// <summary>Senders whose Forwarded and X-Forwarded-* are believed, and who are not counted as clients.</summary>
    public IReadOnlyList<IpPrefix> TrustedProxies { get => _trustedProxies; init => _trustedProxies = [.. value]; }

    /// <summary>Modules of the connection moment, in order.</summary>
    public IReadOnlyList<IConnectionModule> Modules { get; init; } = [];

    /// <summary>The certificates, where clients speak TLS; null: they do not.</summary>
    public TlsSiteHolder? Tls { get; init; }

    /// <summary>The protocols that a handshake may agree on.</summary>
    internal AlpnProtocols Protocols =>
        (SpeaksHttp1 ? AlpnProtocols.Http1 : AlpnProtocols.None) | (SpeaksHttp2 ? AlpnProtocols.Http2 : AlpnProtocols.None);

    internal bool RequiresProxyHeader(IpAddress peer) => IpPrefix.AnyContains(_proxyProtocol, peer);

    internal bool IsTrustedProxy(IpAddress peer) => IpPrefix.AnyContains(_trustedProxies, peer);
}
