using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Net.Loops;
using Weir.Net.Sockets;
using Weir.Net.Tls;
using Weir.Upstream.Resolving;

namespace Weir.Upstream.Connecting;

/// <summary>
/// Connects to a server by name, address or unix socket. Names are kept resolved in the background, so that a loop only reads a
/// snapshot; the first request to a name waits for it. Several addresses are raced (RFC 8305).
/// </summary>
public sealed class SocketConnector : IConnector, IDisposable
{
    private readonly SocketAddress? _address;
    private readonly ResolutionWatch<ResolvedName>? _name;
    private readonly int _port;

    private SocketConnector(SocketAddress? address, ResolutionWatch<ResolvedName>? name, int port)
    {
        _address = address;
        _name = name;
        _port = port;
    }

    /// <summary>TLS towards the server; null: plain.</summary>
    public OriginTls? Tls { get; init; }

    /// <summary>Whether the name is known not to resolve; then there is nothing to connect to.</summary>
    public bool IsUnresolved => _name?.Current is { IsPending: false, Addresses.IsEmpty: true };

    /// <summary>Why the name does not resolve.</summary>
    public string ResolveError => _name?.Current.ErrorText ?? "";

    /// <summary>A connector to one address.</summary>
    public static SocketConnector ToAddress(SocketAddress address, OriginTls? tls = null) => new(address, null, 0) { Tls = tls };

    /// <summary>A connector to a name, which is resolved from now on until <see cref="Dispose"/>.</summary>
    /// <param name="resolver">What resolves it.</param>
    /// <param name="host">The name.</param>
    /// <param name="port">The port.</param>
    /// <param name="refresh">An upper bound for the TTL.</param>
    /// <param name="onChanged">Told of each change of the addresses or of the error, on a worker thread.</param>
    /// <param name="tls">TLS towards it; null: plain.</param>
    public static SocketConnector ToName(
        NameResolver resolver, string host, int port, TimeSpan? refresh = null, Action<ResolvedName>? onChanged = null,
        OriginTls? tls = null) =>
        new(null, resolver.Watch(host, onChanged, refresh), port) { Tls = tls };

    /// <inheritdoc/>
    public ValueTask<ConnectResult> ConnectAsync(Loop loop, int timeoutMs) =>
        Tls is null ? ConnectPlainAsync(loop, timeoutMs) : ConnectSecurelyAsync(loop, timeoutMs);

    private ValueTask<ConnectResult> ConnectPlainAsync(Loop loop, int timeoutMs) =>
        _address is not null ? AddressRace.ConnectOneAsync(loop, _address, timeoutMs) : ConnectToNameAsync(loop, timeoutMs);

    /// <inheritdoc/>
    public IConnector AtPort(int port) =>
        _address is { IsUnix: true } ? this : new SocketConnector(_address is null ? null : SocketAddress.Of(_address.Address, port), _name, port) { Tls = Tls };

    /// <inheritdoc/>
    public IConnector Offering(AlpnProtocols protocols) =>
        Tls is null || Tls.Protocols == protocols ? this : new SocketConnector(_address, _name, _port) { Tls = Tls.Offering(protocols) };

    /// <inheritdoc/>
    public void Dispose() => _name?.Dispose();

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ConnectResult> ConnectSecurelyAsync(Loop loop, int timeoutMs)
    {
        long endsMs = loop.NowMs + timeoutMs;
        ConnectResult plain = await ConnectPlainAsync(loop, timeoutMs);
        return plain.Connection is { } connection
            ? await Tls!.SecureAsync(loop, connection, (int)Math.Max(endsMs - loop.NowMs, 1))
            : plain;
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ConnectResult> ConnectToNameAsync(Loop loop, int timeoutMs)
    {
        ResolvedName resolved = _name!.Current;
        if (resolved.IsPending)
        {
            resolved = await _name.ResolveAsync();
        }

        ImmutableArray<IpAddress> addresses = resolved.Addresses;
        if (addresses.IsEmpty)
        {
            return ConnectResult.Failed(resolved.Error ?? ProxyErrors.DnsError);
        }

        return addresses.Length == 1
            ? await AddressRace.ConnectOneAsync(loop, SocketAddress.Of(addresses[0], _port), timeoutMs)
            : await new AddressRace(loop, addresses, _port, timeoutMs).RunAsync();
    }
}
