using System.Collections.Concurrent;
using Weir.Abstractions.Exchanges;
using Weir.Config.Model;
using Weir.Net.Loops;
using Weir.Net.Tls;
using Weir.Telemetry.Events;

namespace Weir.AutomaticHttps;

/// <summary>
/// Certificates of names that no site spells out. Local ones are made at once. A public one is got if the approval URL says so, not more
/// often than the rate allows; the handshake that asked for it first waits, bounded, and so do those that come meanwhile. Called on loops;
/// what takes time runs elsewhere.
/// </summary>
internal sealed class OnDemandCertificates : INamedCertificates, IDisposable
{
    private const int MostNames = 10_000;
    private const int MostNameLength = 253;
    private const int MostQuestions = 64;

    private static readonly TimeSpan _rememberRefusal = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _localPatience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Named> _named = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _refused = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, Task> _going = new(StringComparer.OrdinalIgnoreCase);
    private readonly SemaphoreSlim _asking = new(MostQuestions, MostQuestions);
    private readonly CertificateKeeper _keeper;
    private readonly TlsTicketKeys _tickets;
    private readonly Func<Action<Loop>, Task> _onEachLoop;
    private readonly int _loops;
    private readonly WeirLog _log;
    private readonly TimeProvider _clock;
    private readonly IssuanceRate _rate;
    private volatile SniTable<TlsServerOptions>? _sites;
    private volatile AcmeOnDemandConfig? _config;

    /// <param name="keeper">Gets certificates.</param>
    /// <param name="tickets">The process's ticket keys.</param>
    /// <param name="loops">How many loops there are.</param>
    /// <param name="onEachLoop">Runs something on each loop.</param>
    /// <param name="log">Where operators read.</param>
    /// <param name="clock">The time.</param>
    public OnDemandCertificates(
        CertificateKeeper keeper, TlsTicketKeys tickets, int loops, Func<Action<Loop>, Task> onEachLoop, WeirLog log, TimeProvider clock)
    {
        _keeper = keeper;
        _tickets = tickets;
        _loops = loops;
        _onEachLoop = onEachLoop;
        _log = log;
        _clock = clock;
        _rate = new IssuanceRate(clock);
    }

    /// <summary>Asks the approval URL.</summary>
    public Approval Approval { get; init; } = new();

    /// <summary>Told of each certificate that is to be shown with an OCSP response from now on. Any thread.</summary>
    public Action<TlsCertificate> Stapled { get; init; } = _ => { };

    /// <summary>The certificates that are shown with an OCSP response.</summary>
    public IEnumerable<TlsCertificate> StapledCertificates => _named.Where(named => TemplateOf(named.Key) is { IsStapled: true })
        .Select(named => named.Value.Kept.Current?.Certificate).OfType<TlsCertificate>();

    /// <summary>What is in force from now on.</summary>
    /// <param name="sites">All sites; those that ask by name are meant.</param>
    /// <param name="config">On-demand issuance; null: of local names only.</param>
    public void Use(IReadOnlyList<TlsServerOptions> sites, AcmeOnDemandConfig? config)
    {
        TlsServerOptions[] asking = [.. sites.Where(site => site.AsksByName)];
        _config = config;
        _sites = asking.Length == 0 ? null : new SniTable<TlsServerOptions>(
            asking.SelectMany(site => site.Hosts.Select(host => KeyValuePair.Create(host, site))),
            Array.Find(asking, site => site.Hosts.Count == 0));
    }

    /// <summary>Whether a name that has a certificate may go on having one: also while the approval URL does not answer.</summary>
    public async Task<bool> MayKeepAsync(string name) =>
        _config is { } config && await Approval.AskAsync(config.Ask, name) is { IsApproved: true } or { HasAnswered: false };

    /// <inheritdoc/>
    public TlsContext? Find(string name, int loop)
    {
        if (!_named.TryGetValue(name, out Named? named) || TemplateOf(name) is not { } site)
        {
            return null;
        }

        named.LastUse = _clock.GetUtcNow();
        if (named.Kept.Current?.Certificate is not { } certificate || certificate.NotAfter <= named.LastUse)
        {
            return null;
        }

        // On this loop alone: the context before has no session that is about to begin.
        TlsContext? context = named.ByLoop[loop];
        bool isCurrent = context?.Policy is { } policy && policy.Certificate == certificate.Fingerprint && policy.Site == site.Policy.Site
            && policy.Clients == site.Policy.Clients;
        if (!isCurrent)
        {
            context?.Dispose();
            context = TlsContext.ForServer(
                site with
                {
                    AsksByName = false,
                    Certificates = [certificate],
                    Hosts = [],
                    Policy = new TlsPolicy(site.Policy.Site, site.Policy.Clients, certificate.Fingerprint, certificate.Names)
                    {
                        TellsClientChain = site.Policy.TellsClientChain,
                    },
                },
                _tickets, out _);
            named.ByLoop[loop] = context;
        }

        return context;
    }

    /// <inheritdoc/>
    public Task ObtainAsync(string name, out int longestMs)
    {
        longestMs = 0;
        string lower = name.ToLowerInvariant();
        bool isLocal = !new HostPattern(HostKind.Exact, lower, Position.None).IsPublic;
        if (!IsHostName(lower) || (!isLocal && _config is null)
            || (_refused.TryGetValue(lower, out DateTimeOffset until) && until > _clock.GetUtcNow()))
        {
            return Task.CompletedTask;
        }

        TimeSpan wait = isLocal ? _localPatience : _config?.Wait ?? default;
        longestMs = (int)wait.TotalMilliseconds;
        Task going = _going.GetOrAdd(lower, _ => Task.Run(() => ObtainOnceAsync(lower, isLocal)));
        return Task.WhenAny(going, Task.Delay(wait, _clock));
    }

    /// <summary>Gives every context back, when no loop runs any more.</summary>
    public void Dispose()
    {
        foreach (Named named in _named.Values)
        {
            Array.ForEach(named.ByLoop, context => context?.Dispose());
        }

        _named.Clear();
        _asking.Dispose();
        Approval.Dispose();
    }

    private async Task ObtainOnceAsync(string name, bool isLocal)
    {
        try
        {
            KeptCertificate? kept = isLocal ? await _keeper.ObtainAsync(name, isLocal: true) : _keeper.Find(name);
            kept ??= await MayAsync(name) ? await _keeper.ObtainAsync(name, isLocal: false) : null;
            if (kept is null)
            {
                return;
            }

            await MakeRoomAsync();
            _named.TryGetValue(name, out Named? before);
            _named[name] = new Named(kept, new TlsContext?[_loops]) { LastUse = _clock.GetUtcNow() };
            if (kept.Current is { Certificate: var certificate } && TemplateOf(name) is { IsStapled: true })
            {
                Stapled(certificate);
            }

            await (before is null ? Task.CompletedTask : _onEachLoop(loop => before.ByLoop[loop.Index]?.Dispose()));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException or OperationCanceledException)
        {
            // The handshake is refused; the next one tries again.
            Refuse(name);
        }
        finally
        {
            _going.TryRemove(name, out _);
        }
    }

    /// <summary>Whether a certificate may be got for a name: by the approval URL, then by the rate.</summary>
    private async Task<bool> MayAsync(string name)
    {
        if (_config is not { } config)
        {
            return false;
        }

        if (!await _asking.WaitAsync(TimeSpan.Zero))
        {
            _log.Write(OperatorEvents.OnDemandRefused, name, "too many names are being asked for at once");
            return false;
        }

        try
        {
            Approval.Verdict verdict = await Approval.AskAsync(config.Ask, name);
            if (!verdict.IsApproved)
            {
                Refuse(name);
                _log.Write(OperatorEvents.OnDemandRefused, name, verdict.Reason);
                return false;
            }
        }
        finally
        {
            _asking.Release();
        }

        if (_rate.TryTake(config.Rate))
        {
            return true;
        }

        _log.Write(OperatorEvents.OnDemandLimited, name, config.Rate.ToString());
        return false;
    }

    private void Refuse(string name)
    {
        if (_refused.Count >= MostNames)
        {
            _refused.Clear();
        }

        _refused[name] = _clock.GetUtcNow() + _rememberRefusal;
    }

    /// <summary>Forgets the name that was asked for longest ago when there are too many; its file stays.</summary>
    private async Task MakeRoomAsync()
    {
        if (_named.Count < MostNames)
        {
            return;
        }

        (string oldest, Named named) = _named.MinBy(pair => pair.Value.LastUse);
        if (_named.TryRemove(oldest, out _))
        {
            _keeper.Drop(oldest);
            await _onEachLoop(loop => named.ByLoop[loop.Index]?.Dispose());
        }
    }

    private TlsServerOptions? TemplateOf(string name) =>
        name.Length > MostNameLength ? null : _sites?.Find(System.Text.Encoding.ASCII.GetBytes(name));

    // It becomes a file's name and a part of a URL.
    private static bool IsHostName(string name) => name.Length is > 0 and <= MostNameLength && name.Split('.').All(label =>
        label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-'
            && label.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-'));

    private sealed class Named
    {
        public Named(KeptCertificate kept, TlsContext?[] byLoop)
        {
            Kept = kept;
            ByLoop = byLoop;
        }

        public KeptCertificate Kept { get; }

        /// <summary>Each touched by its loop alone.</summary>
        public TlsContext?[] ByLoop { get; }

        public DateTimeOffset LastUse { get; set; }
    }
}
