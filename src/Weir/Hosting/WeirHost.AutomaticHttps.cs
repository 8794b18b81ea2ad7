using Weir.Acme;
using Weir.AutomaticHttps;
using Weir.Config.Model;
using Weir.Control;
using Weir.LocalAuthority;
using Weir.Machine;
using Weir.Net.Tls;
using Weir.Pipeline.Challenges;
using Weir.Telemetry.Events;

namespace Weir.Hosting;

/// <summary>Certificates that Weir gets by itself: who gets them, and how they come in force while everything else stays.</summary>
public sealed partial class WeirHost
{
    private readonly CertificateKeeper _keeper;
    private readonly OnDemandCertificates _onDemand;
    private readonly HttpChallenges _challenges;
    private int _swapsAsked;

    /// <summary>Every certificate as of now, those from files with them.</summary>
    internal IReadOnlyList<CertificateStatus> ListCertificates() =>
        CertificateList.Of(FileCertificates, _keeper, _config, TimeProvider.System, _staples);

    /// <summary>Renews a certificate that Weir got itself. False: there is none of this name.</summary>
    internal bool RenewCertificate(string name) => _keeper.Renew(name);

    /// <summary>Has a certificate revoked, and orders the next one. Null: done; else why not.</summary>
    internal Task<string?> RevokeCertificateAsync(string name, RevocationReason reason) => _keeper.RevokeAsync(name, reason);

    /// <summary>Gives each account at an issuer a new key.</summary>
    internal Task<IReadOnlyList<IssuerOutcome>> ChangeAccountKeysAsync() => _keeper.ChangeAccountKeysAsync();

    private static CertificateStore OpenStore(WeirConfig config, WeirLog log) =>
        new(Path.Combine(DataFolder.PathOf(config.Process), "acme"), log);

    private CertificateKeeper MakeKeeper(WeirConfig config, CertificateStore store)
    {
        TlsAlpnProver alpn = new(_tls.Tickets, store, _loops.RunOnEachAsync, TimeProvider.System);
        _tls.ChallengeOf = alpn.Find;
        _tls.LookForChallenge = alpn.LookAsync;
        Lazy<LocalRoot> root = new(() => RootFile.Open(config.Process, _log, TimeProvider.System));
        return new CertificateKeeper(store, root, _log, TimeProvider.System, [new HttpProver(_challenges, store), alpn]) { Changed = PutNewInForceAsync };
    }

    /// <summary>Puts certificates in force that were just got; several that come at once together.</summary>
    private async Task PutNewInForceAsync()
    {
        if (Interlocked.Increment(ref _swapsAsked) > 1)
        {
            // The one that waits takes this one with it.
            return;
        }

        await _reloading.WaitAsync();
        try
        {
            Interlocked.Exchange(ref _swapsAsked, 0);
            if (_isDraining || _certificates is not { IsUsed: true } read)
            {
                return;
            }

            IReadOnlyList<TlsServerOptions> options = read.Sites(_keeper);
            if (TlsSites.TryBuild(options, _loops.Loops.Count, _tls.Tickets, out string problem, _tls.Current) is { } sites)
            {
                await PutInForceAsync(sites, options, read);
            }
            else
            {
                _log.Write(OperatorEvents.CertificatesKept, problem);
            }
        }
        finally
        {
            _reloading.Release();
        }
    }
}
