using System.Security.Cryptography;
using Weir.Acme;
using Weir.Certificates;
using Weir.Config.Model;
using Weir.Config.Writing;
using Weir.Control;
using Weir.LocalAuthority;
using Weir.Net.Tls;
using Weir.Telemetry.Events;

namespace Weir.AutomaticHttps;

/// <summary>
/// Gets the certificates of every site with `tls: auto` and renews them, on threads of the platform: no request ever waits for it. Several
/// processes may share its folder. What is got is told to <see cref="Changed"/>, which puts it in force.
/// </summary>
internal sealed class CertificateKeeper : IAutomaticCertificates, IAsyncDisposable
{
    private const int MostAtOnce = 4;
    private const int MostLooks = 20;

    private static readonly TimeSpan _longestSleep = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan _lookAgain = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _lookSoon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestTry = TimeSpan.FromMinutes(15);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, KeptCertificate> _known = new(StringComparer.Ordinal);
    private readonly HashSet<string> _wanted = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _places = new(MostAtOnce, MostAtOnce);
    private readonly SemaphoreSlim _alarm = new(0);
    private readonly CancellationTokenSource _ending = new();
    private readonly HashSet<Task> _works = [];
    private readonly CertificateStore _store;
    private readonly Lazy<LocalRoot> _root;
    private readonly Lazy<TlsCertificate> _nobodys;
    private readonly CertificateOrders _orders;
    private readonly WeirLog _log;
    private readonly TimeProvider _clock;
    private string _options = "";
    private Task _running = Task.CompletedTask;

    /// <param name="store">Where certificates are kept.</param>
    /// <param name="root">The local authority, opened when it is first needed.</param>
    /// <param name="log">Where operators read.</param>
    /// <param name="clock">The time.</param>
    /// <param name="provers">Prove names to issuers; DNS is added by the configuration.</param>
    /// <param name="chance">From 0 to 1, for times that must not be the same for everybody; null: by chance.</param>
    public CertificateKeeper(
        CertificateStore store, Lazy<LocalRoot> root, WeirLog log, TimeProvider clock, IReadOnlyList<IProver>? provers = null, Func<double>? chance = null)
    {
        _store = store;
        _orders = new CertificateOrders(store, log, clock)
        {
            Provers = provers ?? [],
            Chance = chance ?? (() => RandomNumberGenerator.GetInt32(1 << 20) / (double)(1 << 20)),
        };
        _root = root;
        _log = log;
        _clock = clock;
        _nobodys = new Lazy<TlsCertificate>(() => KeptCertificate.Read(LocalRoot.SignSelf("nobody.invalid", clock)));
    }

    /// <summary>Puts what was got in force; called by one worker at a time or several.</summary>
    public Func<Task> Changed { get; set; } = () => Task.CompletedTask;

    /// <summary>Asked before a certificate that a handshake asked for is renewed.</summary>
    public Func<string, Task<bool>> MayKeep { get; set; } = _ => Task.FromResult(true);

    /// <summary>Where certificates are kept.</summary>
    public CertificateStore Store => _store;

    /// <summary>The local authority.</summary>
    public LocalRoot Root => _root.Value;

    /// <summary>Everything that is kept now.</summary>
    public IReadOnlyList<KeptCertificate> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _known.Values.Where(kept => _wanted.Contains(kept.Name) || kept.IsOnDemand)];
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerable<AutomaticCertificate> Of(SiteConfig site, WeirConfig config)
    {
        foreach (HostPattern host in site.Hosts)
        {
            bool isByName = IsByName(host, config.Acme);
            yield return new AutomaticCertificate(host, isByName ? _nobodys.Value : Open(NameOf(host), !host.IsPublic).Shown, isByName);
        }
    }

    /// <summary>Keeps what a configuration that is in force now names, and nothing else.</summary>
    public void Use(WeirConfig config)
    {
        AcmeConfig acme = config.Acme ?? new AcmeConfig();
        bool hasTls = config.Listen.Any(listener => listener.Tls == true);
        lock (_lock)
        {
            string options = OptionText.Of(acme);
            bool isOther = _options.Length > 0 && options != _options;
            _options = options;
            _orders.Use(acme);
            _wanted.Clear();
            foreach (HostPattern host in config.Sites.Values.Where(site => hasTls
                && site.Tls.Mode == SiteTlsMode.Auto).SelectMany(site => site.Hosts))
            {
                if (!IsByName(host, acme))
                {
                    _wanted.Add(NameOf(host));
                }
            }

            foreach (string gone in _known.Where(known => !_wanted.Contains(known.Key)
                && known.Value is { IsOnDemand: false, IsBusy: false })
                .Select(known => known.Key).ToArray())
            {
                _known.Remove(gone);
            }

            // What failed may have been mended by what has changed.
            foreach (KeptCertificate kept in _known.Values.Where(kept => isOther && kept.Notes.NextTryAt is not null))
            {
                kept.Notes = kept.Notes with { NextTryAt = null };
            }
        }

        foreach (string name in Wanted())
        {
            TellStandIn(name);
        }

        // A changed address is told at once: the next order may be months away.
        if (_orders.Issuers.Any(one => one.HasOtherEmail))
        {
            Follow(Task.Run(() => KeepAccountsAsync()));
        }

        Wake();
    }

    /// <summary>Listeners show these from now on.</summary>
    public void NoteInForce(IEnumerable<TlsCertificate> shown)
    {
        HashSet<TlsCertificate> all = [.. shown];
        lock (_lock)
        {
            foreach (KeptCertificate kept in _known.Values)
            {
                if (kept.Current is { } current && all.Contains(current.Certificate))
                {
                    kept.InForce = current;
                }
            }
        }
    }

    /// <summary>Begins to work.</summary>
    public void Start() => _running = Task.Run(() => RunAsync(_ending.Token));

    /// <summary>Renews a certificate now, whatever its time. False: none has this name.</summary>
    public bool Renew(string name)
    {
        lock (_lock)
        {
            if (!_known.TryGetValue(name, out KeptCertificate? kept) || (!_wanted.Contains(name) && !kept.IsOnDemand))
            {
                return false;
            }

            kept.IsForced = true;
            kept.LookAgainAt = default;
            foreach (Issuer issuer in _orders.Issuers)
            {
                issuer.Wake(name);
            }
        }

        Wake();
        return true;
    }

    /// <summary>Has a certificate revoked, and orders the next one. Null: done; else why not.</summary>
    public async Task<string?> RevokeAsync(string name, RevocationReason reason)
    {
        KeptCertificate? kept;
        lock (_lock)
        {
            _known.TryGetValue(name, out kept);
        }

        if (kept is null || kept.IsLocal)
        {
            return kept is null
                ? "Weir keeps none of this name"
                : "it is of Weir's own authority, whose certificates are good for days and cannot be revoked";
        }

        string? problem = await _orders.RevokeAsync(kept, reason, _ending.Token);
        if (problem is null)
        {
            Renew(name);
        }

        return problem;
    }

    /// <summary>Gives each account at an issuer a new key.</summary>
    public Task<IReadOnlyList<IssuerOutcome>> ChangeAccountKeysAsync() => _orders.ChangeKeysAsync(_ending.Token);

    /// <summary>Gets the certificate of a name that no configuration lists, and keeps it from then on. Null: not now.</summary>
    public async Task<KeptCertificate?> ObtainAsync(string name, bool isLocal)
    {
        KeptCertificate kept;
        bool isOurs;
        lock (_lock)
        {
            kept = Open(name, isLocal, isOnDemand: true);
            isOurs = kept.Current is null && !(kept.Notes.NextTryAt > _clock.GetUtcNow()) && TryBegin(kept);
        }

        for (int looks = 0; isOurs && looks < MostLooks; looks++)
        {
            Task work = WorkAsync(kept);
            Follow(work);
            await work;

            // Another process of this data directory is at it: it is taken over from there.
            bool isElsewhere = kept.Current is null && kept.LookAgainAt > _clock.GetUtcNow();
            if (isElsewhere)
            {
                await Task.Delay(_lookSoon, _clock);
            }

            isOurs = isElsewhere && TryBegin(kept);
        }

        if (kept.Current is not null)
        {
            return kept;
        }

        // What failed is remembered on the disk; a name that nobody asks for again is not tried again.
        Drop(name);
        return null;
    }

    /// <summary>What is kept of a name on disk, without getting anything; null: nothing.</summary>
    public KeptCertificate? Find(string name)
    {
        lock (_lock)
        {
            if (_known.TryGetValue(name, out KeptCertificate? known))
            {
                return known.Current is null ? null : known;
            }
        }

        return File.Exists(_store.PathOf(name)) && Open(name, isLocal: false, isOnDemand: true) is { Current: not null } kept ? kept : null;
    }

    /// <summary>Keeps a name that was asked for by a handshake no more.</summary>
    public void Drop(string name)
    {
        lock (_lock)
        {
            if (_known.TryGetValue(name, out KeptCertificate? kept) && kept is { IsOnDemand: true, IsBusy: false })
            {
                _known.Remove(name);
            }
        }
    }

    /// <summary>The name or address as certificates have it.</summary>
    public static string NameOf(HostPattern host) => host.Kind == HostKind.Wildcard ? "*." + host.Host : host.Host;

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running;
        Task[] works;
        lock (_lock)
        {
            works = [.. _works];
        }

        await Task.WhenAll(works);
        _orders.Dispose();
        _ending.Dispose();
        _places.Dispose();
        _alarm.Dispose();
    }

    /// <summary>
    /// Whether each name that a host covers gets a certificate of its own when it is first asked for: a wildcard or any host where no proof
    /// by DNS makes one for all of them, and local wildcards, because clients refuse one such as *.localhost.
    /// </summary>
    private static bool IsByName(HostPattern host, AcmeConfig? acme) => host.Kind switch
    {
        HostKind.Any => true,
        HostKind.Wildcard => !host.IsPublic || acme?.EffectiveChallenges.Contains(AcmeChallenge.Dns) != true,
        _ => false,
    };

    private string[] Wanted()
    {
        lock (_lock)
        {
            return [.. _wanted];
        }
    }

    /// <summary>A name's certificate as it is kept, from the disk where it is new.</summary>
    private KeptCertificate Open(string name, bool isLocal, bool isOnDemand = false)
    {
        lock (_lock)
        {
            if (_known.TryGetValue(name, out KeptCertificate? known) && known.IsLocal == isLocal)
            {
                return known;
            }

            KeptCertificate kept = new(name, isLocal, _clock) { IsOnDemand = isOnDemand };
            if (isLocal)
            {
                Adopt(kept, _root.Value.Issue(name));
            }
            else
            {
                kept.Notes = _store.Recall(name);
                Load(kept);
            }

            _known[name] = kept;
            return kept;
        }
    }

    private void TellStandIn(string name)
    {
        KeptCertificate? kept;
        lock (_lock)
        {
            _known.TryGetValue(name, out kept);
        }

        if (kept is { IsStandIn: true })
        {
            _log.Write(OperatorEvents.CertificateStandIn, name);
        }
    }

    /// <summary>Takes what is on the disk. True: it is good, and another than before.</summary>
    private bool Load(KeptCertificate kept)
    {
        kept.FileTime = _store.WrittenAt(kept.Name);
        if (_store.Read(kept.Name) is not { } read || read.Certificate.NotAfter <= _clock.GetUtcNow()
            || read.Certificate.Fingerprint == kept.Current?.Certificate.Fingerprint)
        {
            return false;
        }

        kept.Current = new KeptCertificate.Got(read.Certificate, read.ChainPem);
        kept.AskAdviceAt = DateTimeOffset.MinValue;
        return true;
    }

    private static void Adopt(KeptCertificate kept, PemPair pair)
    {
        kept.Current = new KeptCertificate.Got(KeptCertificate.Read(pair), pair.Chain);
        kept.Notes = new SavedCertificate();
    }

    private void Wake() => _alarm.Release();

    private async Task RunAsync(CancellationToken cancelled)
    {
        try
        {
            while (!cancelled.IsCancellationRequested)
            {
                TimeSpan sleep = BeginWhatIsDue();
                using CancellationTokenSource morning = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
                Task timer = Task.Delay(sleep, _clock, morning.Token);
                await Task.WhenAny(timer, _alarm.WaitAsync(morning.Token));
                await morning.CancelAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    /// <summary>Begins everything whose time has come, and says how long nothing else will be due.</summary>
    internal TimeSpan BeginWhatIsDue()
    {
        DateTimeOffset now = _clock.GetUtcNow();
        TimeSpan sleep = _longestSleep;
        foreach (KeptCertificate kept in All)
        {
            DateTimeOffset next = kept.NextAt();
            if (next > now)
            {
                sleep = next - now < sleep ? next - now : sleep;
            }
            else if (TryBegin(kept))
            {
                Follow(Task.Run(() => WorkAsync(kept)));
            }
        }

        return sleep;
    }

    /// <summary>Completes when what has begun has ended: for tests.</summary>
    internal Task SettleAsync()
    {
        lock (_lock)
        {
            return Task.WhenAll(_works);
        }
    }

    private bool TryBegin(KeptCertificate kept)
    {
        lock (_lock)
        {
            bool mayBegin = !kept.IsBusy && !_ending.IsCancellationRequested;
            kept.IsBusy |= mayBegin;
            return mayBegin;
        }
    }

    private void Follow(Task work)
    {
        lock (_lock)
        {
            _works.RemoveWhere(done => done.IsCompleted);
            _works.Add(work);
        }
    }

    private async Task WorkAsync(KeptCertificate kept)
    {
        bool isChanged = false;
        try
        {
            await _places.WaitAsync(_ending.Token);
            try
            {
                using CancellationTokenSource late = new(_longestTry, _clock);
                using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _ending.Token);
                isChanged = await WorkOnAsync(kept, end.Token);
            }
            finally
            {
                _places.Release();
            }
        }
        catch (OperationCanceledException)
        {
            if (!_ending.IsCancellationRequested)
            {
                _orders.Fail(kept, $"it took longer than {_longestTry.TotalMinutes} min", null);
            }
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            // Whatever goes wrong here must not end the renewing of the others.
            _orders.Fail(kept, exception.Message, null);
        }
        finally
        {
            lock (_lock)
            {
                kept.IsBusy = false;
            }
        }

        if (isChanged && !_ending.IsCancellationRequested)
        {
            await Changed();
        }

        if (!_ending.IsCancellationRequested)
        {
            Wake();
        }
    }

    private async Task KeepAccountsAsync()
    {
        try
        {
            await _orders.KeepAccountsAsync(_ending.Token);
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private async Task<bool> WorkOnAsync(KeptCertificate kept, CancellationToken cancelled)
    {
        if (kept.IsLocal)
        {
            Adopt(kept, _root.Value.Issue(kept.Name));
            kept.IsForced = false;
            _log.Write(OperatorEvents.CertificateObtained, kept.Name, _root.Value.Name, Day(kept.Current!.Certificate.NotAfter), Day(kept.RenewAt));
            return true;
        }

        using IDisposable? only = _store.TryLock(kept.Name);
        if (only is null)
        {
            kept.LookAgainAt = _clock.GetUtcNow() + _lookAgain;
            return false;
        }

        kept.LookAgainAt = default;
        if (_store.WrittenAt(kept.Name) != kept.FileTime && Load(kept))
        {
            // Another process of this data directory was quicker.
            kept.Notes = _store.Recall(kept.Name);
            kept.IsForced = false;
            return true;
        }

        if (kept.Current is not null && kept.AskAdviceAt <= _clock.GetUtcNow())
        {
            await _orders.AskAdviceAsync(kept, cancelled);
        }

        if (!kept.IsDue(_clock.GetUtcNow()))
        {
            return false;
        }

        if (kept is { IsOnDemand: true, Current: not null } && !await MayKeep(kept.Name))
        {
            lock (_lock)
            {
                _known.Remove(kept.Name);
            }

            return false;
        }

        return await _orders.OrderAsync(kept, cancelled);
    }

    /// <summary>A time as logs have it.</summary>
    internal static string Day(DateTimeOffset? time) => time is { } some ? $"{some.UtcDateTime:yyyy-MM-dd HH:mm} UTC" : "-";
}
