using System.Diagnostics;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Config.Model;
using Weir.Hosting;
using Weir.Pipeline.Balancing;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Control;

/// <summary>The control of a <see cref="WeirHost"/>, which makes it.</summary>
public sealed class WeirControl : IWeirControl
{
    private readonly WeirHost _host;
    private readonly SavedStates _states;
    private readonly WeirLog _log;
    private readonly DateTimeOffset _startedAt = TimeProvider.System.GetUtcNow();
    private readonly long _startTimestamp = Stopwatch.GetTimestamp();

    internal WeirControl(WeirHost host, SavedStates states, WeirLog log)
    {
        _host = host;
        _states = states;
        _log = log;
    }

    /// <inheritdoc/>
    public bool IsReady => !_host.IsDraining;

    /// <inheritdoc/>
    public WeirConfig Config => _host.Config;

    /// <inheritdoc/>
    public CounterSet Counters => _host.Counters;

    /// <inheritdoc/>
    public IReadOnlyList<ModuleCounter> ModuleCounters => _host.ModuleCounters;

    /// <inheritdoc/>
    public IEnumerable<UpstreamState> LiveUpstreams => _host.Plan.Upstreams.Values;

    /// <inheritdoc/>
    public Task<IReadOnlyList<int>> FindStuckLoopsAsync(TimeSpan deadline) => _host.FindStuckLoopsAsync(deadline);

    /// <inheritdoc/>
    public WeirStatus Status()
    {
        CounterSet counters = _host.Counters;
        return new WeirStatus
        {
            Version = typeof(WeirControl).Assembly.GetName().Version?.ToString(3) ?? "0",
            Pid = Environment.ProcessId,
            StartedAt = _startedAt,
            UptimeSeconds = Math.Round(Stopwatch.GetElapsedTime(_startTimestamp).TotalSeconds, 3),
            Ready = IsReady,
            ConfigFile = _host.File is { } file ? Path.GetFullPath(file) : null,
            Generation = _host.Generation,
            Loops = counters.LoopCount,
            Listeners = _host.Addresses,
            Connections = _host.ConnectionCount,
            InFlight = Math.Max(counters.Total(Counter.ExchangesStarted) - counters.Total(Counter.ExchangesCompleted), 0),
            Requests = counters.Total(Counter.ExchangesStarted),
            Errors = Enumerable.Range(0, counters.Labels.Of(CounterFamily.ProxyErrors).Count).Sum(
                error => counters.Total(CounterFamily.ProxyErrors, error)),
            MemoryBytes = Environment.WorkingSet,
            Load = StatusReader.Read(_host.LoadWatch),
            CertificateProblems = [.. Certificates().Where(one => one.State != "good").Select(one => $"{one.Name}: {Problem(one)}")],
            Upstreams = Upstreams(),
        };
    }

    /// <inheritdoc/>
    public IReadOnlyList<UpstreamStatus> Upstreams() => [.. LiveUpstreams.Select(upstream => StatusReader.Read(upstream, Config))];

    /// <inheritdoc/>
    public IReadOnlyList<CertificateStatus> Certificates() => _host.ListCertificates();

    /// <inheritdoc/>
    public bool RenewCertificate(string name, string who)
    {
        bool isKept = _host.RenewCertificate(name.ToLowerInvariant());
        if (isKept)
        {
            _log.Write(OperatorEvents.RenewalForced, who, name);
        }

        return isKept;
    }

    /// <inheritdoc/>
    public async Task<string?> RevokeCertificateAsync(string name, RevocationReason reason, string who)
    {
        string? problem = await _host.RevokeCertificateAsync(name.ToLowerInvariant(), reason);
        if (problem is null)
        {
            _log.Write(OperatorEvents.CertificateRevoked, who, name, RevocationReasons.Name(reason));
        }

        return problem;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<IssuerOutcome>> ChangeAccountKeysAsync() => _host.ChangeAccountKeysAsync();

    /// <inheritdoc/>
    public ServerChange SetAdminState(string upstream, string server, AdminState state, string who)
    {
        ServerChange change = new() { Upstream = upstream, Server = server, State = state };
        UpstreamState? known = LiveUpstreams.FirstOrDefault(other => other.Name == upstream);
        ServerState[] servers = [.. known?.Servers.Where(other => other.Name == server) ?? []];
        if (servers.Length == 0)
        {
            return change with
            {
                Problem = known is null ? $"There is no upstream \"{upstream}\"." : $"The upstream \"{upstream}\" has no server \"{server}\".",
                Nearest = ServerNames.NearestTo(upstream, server, LiveUpstreams),
            };
        }

        AdminState was = servers[0].AdminState;
        string? unsaved = _states.Decide(upstream, servers, state, who);
        _log.Write(OperatorEvents.ServerSet, who, $"{upstream}/{server}", AdminStates.Name(state), AdminStates.Name(was));
        string? nobody = state == AdminState.Ready || known!.HasReady
            ? null
            : $"no server of {upstream} is ready any more: its requests get 503";
        return change with { IsDone = true, Was = was, Problem = string.Join("; and ", new[] { nobody, unsaved }.Where(doubt => doubt is not null)) };
    }

    /// <inheritdoc/>
    public IReadOnlyList<Ban> Bans() => _host.Bans.All();

    /// <inheritdoc/>
    public BanChange SetBan(IpPrefix range, TimeSpan time, string why, string who)
    {
        BanChange change = _host.Bans.Add(range, time, why, who);
        if (change.Ban is not null)
        {
            _host.AbortClients(range);
        }

        return change;
    }

    /// <inheritdoc/>
    public BanChange LiftBan(IpPrefix range, string who) => _host.Bans.Lift(range, who);

    /// <inheritdoc/>
    public IReadOnlyList<CacheReport> Caches(bool isBrief = false) => [.. _host.Caches.Select(cache => CacheReader.Read(cache, isBrief))];

    /// <inheritdoc/>
    public Task<PurgeReport> PurgeAsync(PurgeOrder order, string who) => CachePurger.PurgeAsync(_host.Caches, order, who);

    /// <inheritdoc/>
    public Task<ReloadReport> ReloadAsync(string who)
    {
        _log.Write(OperatorEvents.ReloadAsked, who);
        return _host.ReloadFileAsync();
    }

    private static string Problem(CertificateStatus certificate)
    {
        string what = certificate.State switch
        {
            "stand-in" => "clients get a certificate that nobody has signed until there is one",
            "expired" => $"its certificate expired on {certificate.Expires:yyyy-MM-dd}",
            _ => $"its renewal fails; it is good until {certificate.Expires:yyyy-MM-dd}",
        };
        return certificate.LastError is { } error ? $"{what} ({error})" : what;
    }
}
