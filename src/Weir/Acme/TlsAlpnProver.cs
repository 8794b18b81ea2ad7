using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Config.Model;
using Weir.Net.Loops;
using Weir.Net.Tls;

namespace Weir.Acme;

/// <summary>TLS-ALPN-01 (RFC 8737): a certificate that holds the proof, shown to whoever asks for the protocol acme-tls/1.</summary>
internal sealed class TlsAlpnProver : IProver
{
    // id-pe-acmeIdentifier, RFC 8737 section 3.
    private const string AcmeIdentifier = "1.3.6.1.5.5.7.1.31";
    private const byte OctetString = 0x04;

    private readonly ConcurrentDictionary<string, TlsContext> _shown = new(StringComparer.OrdinalIgnoreCase);
    private readonly TlsTicketKeys _tickets;
    private readonly Func<Action<Loop>, Task> _onEachLoop;
    private readonly TimeProvider _clock;

    /// <param name="tickets">The process's ticket keys.</param>
    /// <param name="onEachLoop">Runs something on each loop.</param>
    /// <param name="clock">The time.</param>
    public TlsAlpnProver(TlsTicketKeys tickets, Func<Action<Loop>, Task> onEachLoop, TimeProvider clock)
    {
        _tickets = tickets;
        _onEachLoop = onEachLoop;
        _clock = clock;
    }

    public AcmeChallenge Kind => AcmeChallenge.TlsAlpn;

    /// <summary>The context that proves a name; null: no challenge is going on for it. On loops, and for use in the same turn.</summary>
    public TlsContext? Find(string name) => _shown.GetValueOrDefault(name);

    public Task<IAsyncDisposable> ShowAsync(string name, string token, string authorization, CancellationToken cancelled)
    {
        (string chain, string key) = Make(name, authorization, _clock.GetUtcNow());
        TlsCertificate? certificate = TlsCertificate.TryRead(Encoding.ASCII.GetBytes(chain), Encoding.ASCII.GetBytes(key), out string problem, out _);
        TlsContext? context = certificate is null ? null : TlsContext.ForServer(
            new TlsServerOptions { Certificates = [certificate], Policy = new TlsPolicy(name, "", "", [name]) }, _tickets, out problem);
        if (context is null)
        {
            throw new AcmeException($"the certificate of the proof cannot be made: {problem}");
        }

        _shown[name] = context;
        return Task.FromResult<IAsyncDisposable>(new Shown(() => EndAsync(name, context)));
    }

    /// <summary>RFC 8737 section 3: self-signed, for the one name, with the digest of the key authorization in a critical extension.</summary>
    internal static (string Chain, string Key) Make(string name, string authorization, DateTimeOffset now)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=ACME challenge", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        byte[] digest = SHA256.HashData(Encoding.ASCII.GetBytes(authorization));
        request.CertificateExtensions.Add(new X509Extension(AcmeIdentifier, [OctetString, (byte)digest.Length, .. digest], critical: true));
        using X509Certificate2 made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(7));
        return (made.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    private async ValueTask EndAsync(string name, TlsContext context)
    {
        _shown.TryRemove(KeyValuePair.Create(name, context));

        // A loop uses what it finds in the same turn: behind the next one nobody has it.
        await _onEachLoop(_ => { });
        context.Dispose();
    }
}
