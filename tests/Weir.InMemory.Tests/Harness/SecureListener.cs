using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Net.Memory;
using Weir.Net.Sockets;
using Weir.Net.Tls;
using Weir.Server.Listening;

namespace Weir.InMemory.Tests.Harness;

/// <summary>A listener with TLS in front of a proxy, and clients that connect to it over memory.</summary>
internal sealed class SecureListener : IDisposable
{
    public const string Host = "a.test";

    private static readonly (byte[] Chain, byte[] Key) _pem = MakeCertificate();

    private readonly Proxy _proxy;
    private readonly TlsSiteHolder _holder = new();
    private readonly Acceptor _acceptor;

    public SecureListener(Proxy proxy, Func<ListenerOptions, ListenerOptions>? change = null)
    {
        _proxy = proxy;
        TlsCertificate certificate = TlsCertificate.TryRead(_pem.Chain, _pem.Key, out _, out _).ShouldNotBeNull();
        TlsServerOptions site = new()
        {
            Policy = new TlsPolicy("*", "", certificate.Fingerprint, certificate.Names),
            Certificates = [certificate],
            Hosts = [Host],
        };
        _holder.Swap(TlsSites.TryBuild([site], 1, _holder.Tickets, out _).ShouldNotBeNull());
        ListenerOptions options = new() { Name = ":8443", Tls = _holder };
        _acceptor = new Acceptor(
            proxy.Server, proxy.Gate, change?.Invoke(options) ?? options, SocketAddress.Of(IpAddress.FromIPv4(0x7F000001), 8443), null);
        Clients = NewClients();
    }

    /// <summary>What clients speak by; their sessions are resumed.</summary>
    public TlsClientContext Clients { get; }

    /// <summary>A client context that has no session to resume.</summary>
    public static TlsClientContext NewClients(AlpnProtocols protocols = AlpnProtocols.Http1) => TlsClientContext.Create(
        new TlsClientOptions { ServerName = Host, Authorities = _pem.Chain, Protocols = protocols }, out _).ShouldNotBeNull();

    /// <summary>A client connects and begins the handshake, whose octets nobody has carried yet.</summary>
    public SecureClient Connect(TlsClientContext? clients = null, uint address = 0xC0000201)
    {
        MemoryConnection far = new(_proxy.Loop);
        _acceptor.Serve(far, IpAddress.FromIPv4(address), 40_000);
        return new SecureClient(_proxy, far, clients ?? Clients);
    }

    /// <summary>A connection whose octets the test makes itself.</summary>
    public Peer ConnectRaw(uint address = 0xC0000201)
    {
        MemoryConnection far = new(_proxy.Loop);
        _acceptor.Serve(far, IpAddress.FromIPv4(address), 40_000);
        _proxy.Run();
        return new Peer(_proxy, far);
    }

    public void Dispose()
    {
        Clients.Dispose();
        _holder.Swap(null)?.Discard(running: null);
    }

    private static (byte[] Chain, byte[] Key) MakeCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={Host}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(Host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(60));
        return (Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()), Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
    }
}
