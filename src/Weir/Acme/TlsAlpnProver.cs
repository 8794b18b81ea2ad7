using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.AutomaticHttps;
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

    private const int MostNameLength = 253;
    private const int MostLooks = 16;
    private const int MostBorrowed = 64;

    // The issuer's places ask one after the other; whoever asks later has it looked up again.
    private static readonly TimeSpan _borrowed = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, TlsContext> _shown = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, Borrowed> _ofOthers = new(StringComparer.OrdinalIgnoreCase);
    private readonly CertificateStore _store;
    private readonly TlsTicketKeys _tickets;
    private readonly Func<Action<Loop>, Task> _onEachLoop;
    private readonly TimeProvider _clock;
    private int _looks;

    /// <param name="tickets">The process's ticket keys.</param>
    /// <param name="store">Where processes that share the data directory find each other's proofs.</param>
    /// <param name="onEachLoop">Runs something on each loop.</param>
    /// <param name="clock">The time.</param>
    public TlsAlpnProver(TlsTicketKeys tickets, CertificateStore store, Func<Action<Loop>, Task> onEachLoop, TimeProvider clock)
    {
        _tickets = tickets;
        _store = store;
        _onEachLoop = onEachLoop;
        _clock = clock;
    }

    public AcmeChallenge Kind => AcmeChallenge.TlsAlpn;

    /// <summary>The context that proves a name; null: no challenge is going on for it. On loops, and for use in the same turn.</summary>
    public TlsContext? Find(string name) => _shown.GetValueOrDefault(name)
        ?? (_ofOthers.TryGetValue(name, out Borrowed? borrowed) && borrowed.Until > _clock.GetUtcNow() ? borrowed.Context : null);

    /// <summary>
    /// Looks whether another process of this data directory proves a name; what is there <see cref="Find"/> finds then. On loops; it runs
    /// elsewhere, and never fails. Looks beyond a few at a time find nothing: issuers ask again, and nobody else needs an answer.
    /// </summary>
    public Task LookAsync(string name) =>
        _looks >= MostLooks || !IsFileName(name) ? Task.CompletedTask : Task.Run(() => LookOnceAsync(name.ToLowerInvariant()));

    public Task<IAsyncDisposable> ShowAsync(string name, string token, string authorization, CancellationToken cancelled)
    {
        TlsContext context = MakeContext(name, authorization, out string problem)
            ?? throw new AcmeException($"the certificate of the proof cannot be made: {problem}");
        _shown[name] = context;
        _store.WriteChallenge(FileOf(name), authorization);
        return Task.FromResult<IAsyncDisposable>(new Shown(() => EndAsync(name, context)));
    }

    /// <summary>
    /// RFC 8737 section 3: self-signed, for the one name, with the digest of the key authorization in a critical extension.
    /// </summary>
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

    private TlsContext? MakeContext(string name, string authorization, out string problem)
    {
        (string chain, string key) = Make(name, authorization, _clock.GetUtcNow());
        TlsCertificate? certificate = TlsCertificate.TryRead(
            Encoding.ASCII.GetBytes(chain), Encoding.ASCII.GetBytes(key), out problem, out _);
        return certificate is null ? null : TlsContext.ForServer(
            new TlsServerOptions { Certificates = [certificate], Policy = new TlsPolicy(name, "", "", [name]) }, _tickets, out problem);
    }

    private async Task LookOnceAsync(string name)
    {
        Interlocked.Increment(ref _looks);
        try
        {
            await ForgetOldAsync();
            if (await _store.FindChallengeAsync(FileOf(name)) is { } authorization && _ofOthers.Count < MostBorrowed
                && MakeContext(name, authorization, out _) is { } context
                && !_ofOthers.TryAdd(name, new Borrowed(context, _clock.GetUtcNow() + _borrowed)))
            {
                // Somebody was quicker.
                context.Dispose();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _looks);
        }
    }

    private async Task ForgetOldAsync()
    {
        foreach (KeyValuePair<string, Borrowed> old in _ofOthers.Where(one => one.Value.Until <= _clock.GetUtcNow()))
        {
            if (_ofOthers.TryRemove(old))
            {
                await _onEachLoop(_ => { });
                old.Value.Context.Dispose();
            }
        }
    }

    private static string FileOf(string name) => "alpn-" + name.ToLowerInvariant();

    private static bool IsFileName(string name) =>
        name.Length is > 0 and <= MostNameLength && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' or '_');

    private async ValueTask EndAsync(string name, TlsContext context)
    {
        _store.RemoveChallenge(FileOf(name));
        _shown.TryRemove(KeyValuePair.Create(name, context));

        // A loop uses what it finds in the same turn: behind the next one nobody has it.
        await _onEachLoop(_ => { });
        context.Dispose();
    }

    /// <summary>A proof of another process.</summary>
    private sealed record Borrowed(TlsContext Context, DateTimeOffset Until);
}
