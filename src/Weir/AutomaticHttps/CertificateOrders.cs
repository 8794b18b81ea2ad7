using System.Text;
using Weir.Acme;
using Weir.Config;
using Weir.Config.Model;
using Weir.Control;
using Weir.Net.Tls;
using Weir.Telemetry.Events;

namespace Weir.AutomaticHttps;

/// <summary>
/// What is asked of issuers: certificates, advice, revocations, other keys of accounts. It changes a certificate that is being worked on,
/// and remembers what came of it. Any thread.
/// </summary>
internal sealed class CertificateOrders : IDisposable
{
    private static readonly TimeSpan _usualRest = TimeSpan.FromHours(1);
    private static readonly TimeSpan _adviceRetry = TimeSpan.FromHours(1);

    private readonly CertificateStore _store;
    private readonly WeirLog _log;
    private readonly TimeProvider _clock;
    private volatile IReadOnlyList<IProver> _provers = [];
    private volatile IReadOnlyList<Issuer> _issuers = [];

    /// <param name="store">Where certificates are kept.</param>
    /// <param name="log">Where operators read.</param>
    /// <param name="clock">The time.</param>
    public CertificateOrders(CertificateStore store, WeirLog log, TimeProvider clock)
    {
        _store = store;
        _log = log;
        _clock = clock;
    }

    /// <summary>Proves names to issuers; DNS is added by the configuration.</summary>
    public IReadOnlyList<IProver> Provers { get; init; } = [];

    /// <summary>From 0 to 1, for times that must not be the same for everybody.</summary>
    public required Func<double> Chance { get; init; }

    /// <summary>Those that are asked, in order.</summary>
    public IReadOnlyList<Issuer> Issuers => _issuers;

    /// <summary>Takes issuers and proofs of a configuration. One call at a time.</summary>
    public void Use(AcmeConfig acme)
    {
        List<Issuer> before = [.. _issuers];
        _issuers = [.. acme.EffectiveIssuers.Select(issuer =>
            before.Find(known => known.IsFor(issuer, acme.Email)) ?? new Issuer(issuer, acme.Email, _store, _log, _clock))];
        _provers = [.. ProversOf(acme)];
    }

    /// <summary>
    /// Tells issuers where their accounts have another address than the configuration gives. What they refuse is told and tried again
    /// later.
    /// </summary>
    public async Task KeepAccountsAsync(CancellationToken cancelled)
    {
        foreach (Issuer issuer in _issuers.Where(one => one.HasOtherEmail))
        {
            try
            {
                await issuer.OpenAsync(cancelled);
            }
            catch (AcmeException refusal)
            {
                _log.Write(OperatorEvents.AcmeAccountKept, issuer.Name, refusal.Message);
            }
        }
    }

    /// <summary>Gives each account a new key. What went wrong, by issuer.</summary>
    public async Task<IReadOnlyList<IssuerOutcome>> ChangeKeysAsync(CancellationToken cancelled)
    {
        List<IssuerOutcome> outcomes = [];
        foreach (Issuer issuer in _issuers.Where(one => one.HasAccount))
        {
            try
            {
                await issuer.ChangeKeyAsync(cancelled);
                outcomes.Add(new IssuerOutcome(issuer.Name, null));
                _log.Write(OperatorEvents.AcmeKeyChanged, issuer.Name);
            }
            catch (AcmeException refusal)
            {
                outcomes.Add(new IssuerOutcome(issuer.Name, refusal.Message));
            }
        }

        return outcomes;
    }

    /// <summary>Has a certificate revoked by the issuer that gave it. Null: it is; else why not.</summary>
    public async Task<string?> RevokeAsync(KeptCertificate kept, RevocationReason reason, CancellationToken cancelled)
    {
        if (kept.Current is not { } current)
        {
            return "there is none yet";
        }

        if (_issuers.FirstOrDefault(one => one.Url.ToString() == kept.Notes.Issuer) is not { } issuer)
        {
            return $"its issuer {kept.Notes.Issuer ?? "is not known and"} is not among acme.issuers";
        }

        try
        {
            AcmeClient client = await issuer.OpenAsync(cancelled);
            await client.RevokeAsync(current.ChainPem, (int)reason, cancelled);
            return null;
        }
        catch (AcmeException refusal) when (refusal.Type == "alreadyRevoked")
        {
            return null;
        }
        catch (AcmeException refusal)
        {
            return refusal.Message;
        }
    }

    public void Dispose()
    {
        foreach (Issuer issuer in _issuers)
        {
            issuer.Dispose();
        }
    }

    /// <summary>RFC 9773: the issuer may want a certificate renewed sooner, or later.</summary>
    public async Task AskAdviceAsync(KeptCertificate kept, CancellationToken cancelled)
    {
        KeptCertificate.Got current = kept.Current!;
        if (Issuers.FirstOrDefault(one => one.Url.ToString() == kept.Notes.Issuer) is not { } issuer)
        {
            kept.AskAdviceAt = null;
            return;
        }

        try
        {
            RenewalAdvice? advice = await RenewalAdvice.AskAsync(issuer.Link(), current.ChainPem, cancelled);
            kept.AskAdviceAt = advice is null ? null : _clock.GetUtcNow() + advice.AskAgainIn;
            if (advice is null
                || (advice.Start == kept.Notes.AdvisedStart && advice.End == kept.Notes.AdvisedEnd && kept.Notes.RenewAt is not null))
            {
                return;
            }

            DateTimeOffset renewAt = RenewalTime.Advised(advice, current.Certificate.NotBefore, current.Certificate.NotAfter, Chance());
            Note(kept, kept.Notes with { RenewAt = renewAt, AdvisedStart = advice.Start, AdvisedEnd = advice.End });
            _log.Write(OperatorEvents.RenewalAdvised, kept.Name, issuer.Name, CertificateKeeper.Day(renewAt), advice.Explanation);
        }
        catch (AcmeException)
        {
            // RFC 9773 section 4.3.3: then the usual time counts, and it is asked again later.
            kept.AskAdviceAt = _clock.GetUtcNow() + _adviceRetry;
        }
    }

    /// <summary>Gets a certificate of the first issuer that gives one. False: none does, which is remembered.</summary>
    public async Task<bool> OrderAsync(KeptCertificate kept, CancellationToken cancelled)
    {
        List<string> reasons = [];
        DateTimeOffset? restsUntil = null;
        bool isEachResting = true;
        foreach (Issuer issuer in Issuers)
        {
            if (issuer.RestUntil(kept.Name) is { } until)
            {
                restsUntil = restsUntil is { } sooner && sooner < until ? sooner : until;
                reasons.Add($"{issuer.Name} wants to be left alone until {until:HH:mm} UTC");
                continue;
            }

            try
            {
                await TakeFromAsync(kept, issuer, cancelled);
                return true;
            }
            catch (AcmeException refusal)
            {
                reasons.Add($"{issuer.Name}: {refusal.Message}");
                TimeSpan? rest = refusal.RetryAfter ?? (refusal.IsRateLimit ? _usualRest : null);
                isEachResting &= rest is not null;
                if (rest is { } time)
                {
                    issuer.Rest(kept.Name, time);
                    DateTimeOffset end = _clock.GetUtcNow() + time;
                    restsUntil = restsUntil is { } sooner && sooner < end ? sooner : end;
                }
            }
        }

        Fail(kept, string.Join("; ", reasons), isEachResting ? restsUntil : null);
        return false;
    }

    private async Task TakeFromAsync(KeptCertificate kept, Issuer issuer, CancellationToken cancelled)
    {
        PemPair pair;
        try
        {
            pair = await AskAsync(kept, issuer, cancelled);
        }
        catch (AcmeException refusal) when (refusal.Type == "accountDoesNotExist")
        {
            // The issuer has forgotten the account, or it is of another issuer that was at this URL before.
            issuer.Forget();
            pair = await AskAsync(kept, issuer, cancelled);
        }

        TlsCertificate? certificate = TlsCertificate.TryRead(
            Encoding.ASCII.GetBytes(pair.Chain), Encoding.ASCII.GetBytes(pair.Key), out string problem, out _);
        if (certificate is null || !certificate.Names.Contains(kept.Name) || certificate.NotAfter <= _clock.GetUtcNow())
        {
            throw new AcmeException(
                $"the certificate that came cannot be used: {(certificate is null ? problem : "it is for other names or another time")}");
        }

        _store.Write(kept.Name, pair);
        kept.FileTime = _store.WrittenAt(kept.Name);
        kept.Current = new KeptCertificate.Got(certificate, pair.Chain);
        kept.IsForced = false;
        kept.AskAdviceAt = DateTimeOffset.MinValue;
        Note(kept, new SavedCertificate { Issuer = issuer.Url.ToString(), LastTryAt = _clock.GetUtcNow() });
        _log.Write(OperatorEvents.CertificateObtained, kept.Name, issuer.Name, CertificateKeeper.Day(certificate.NotAfter), CertificateKeeper.Day(kept.RenewAt));
    }

    private async Task<PemPair> AskAsync(KeptCertificate kept, Issuer issuer, CancellationToken cancelled)
    {
        AcmeClient client = await issuer.OpenAsync(cancelled);
        bool isSameIssuer = kept.Notes.Issuer == issuer.Url.ToString();
        return await client.IssueAsync(
            kept.Name, ProverOf(kept), isSameIssuer && kept.Current is { } before ? RenewalId.Of(before.ChainPem) : null, cancelled);
    }

    /// <summary>
    /// The proof of this try: the next kind after each that failed. RFC 8555 section 7.1.3: a wildcard is proved by DNS alone.
    /// </summary>
    private IProver ProverOf(KeptCertificate kept)
    {
        IProver[] usable = [.. _provers.Where(prover => prover.Kind == AcmeChallenge.Dns
            || !kept.Name.StartsWith("*.", StringComparison.Ordinal))];
        return usable.Length > 0
            ? usable[kept.Notes.Failures % usable.Length]
            : throw new AcmeException("no way to prove the name is configured");
    }

    /// <summary>Remembers a failed try.</summary>
    public void Fail(KeptCertificate kept, string reason, DateTimeOffset? notBefore)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        int failures = kept.Notes.Failures + 1;
        DateTimeOffset next = now + RenewalTime.Retry(failures, Chance());
        next = notBefore is { } later && later > next ? later : next;
        kept.IsForced = false;
        Note(kept, kept.Notes with { Failures = failures, NextTryAt = next, LastError = reason, LastTryAt = now });
        string meanwhile = kept.Current is { } current ? $"the one before is good until {CertificateKeeper.Day(current.Certificate.NotAfter)}"
            : kept.IsOnDemand ? "its clients are refused meanwhile"
            : "nobody has signed what it shows meanwhile";
        _log.Write(OperatorEvents.CertificateFailed, kept.Name, reason, Time(next), meanwhile);
    }

    private void Note(KeptCertificate kept, SavedCertificate notes)
    {
        kept.Notes = notes;
        if (!kept.IsLocal)
        {
            _store.Remember(kept.Name, notes);
        }
    }

    private IEnumerable<IProver> ProversOf(AcmeConfig acme)
    {
        foreach (AcmeChallenge challenge in acme.EffectiveChallenges)
        {
            if (challenge == AcmeChallenge.Dns && acme.Dns is { } dns)
            {
                yield return new DnsProver(ModulePlaces.ResolvePath(dns.Position, dns.Exec), dns.Timeout, _clock);
            }
            else if (Provers.FirstOrDefault(prover => prover.Kind == challenge) is { } prover)
            {
                yield return prover;
            }
        }
    }

    private static string Time(DateTimeOffset time) => $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC";
}
