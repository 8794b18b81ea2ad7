using Weir.Abstractions.Errors;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Options;
using Weir.AutomaticHttps;
using Weir.Certificates;
using Weir.Config.Model;
using Weir.Control;
using Weir.Http.Http1;
using Weir.Machine;
using Weir.Net.Buffers;
using Weir.Net.Loops;
using Weir.Net.Tls;
using Weir.Pipeline;
using Weir.Pipeline.AccessLogging;
using Weir.Pipeline.Challenges;
using Weir.Pipeline.Finishing;
using Weir.Pipeline.Plans;
using Weir.Pipeline.Sticking;
using Weir.Pipeline.Timing;
using Weir.Server;
using Weir.Server.Listening;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;
using Weir.Upstream.Resolving;
using Weir.Upstreams;

namespace Weir.Hosting;

/// <summary>
/// A running Weir: loops, listeners, the plan in force. One thread at a time starts, reloads and stops it; between these it runs by itself.
/// </summary>
public sealed partial class WeirHost : IAsyncDisposable
{
    // How long handshakes that have begun when a listener closes may take to end.
    private const int SettleMs = 250;

    private readonly IModuleCatalog _catalog;
    private readonly WeirLog _log;
    private readonly LoopAccessLog?[] _loopLogs;
    private readonly BufferBudget _budget;
    private readonly LoopGroup _loops;
    private readonly LoopPings _pings;
    private readonly LoopObserver _observer;
    private readonly NameResolver _resolver;
    private readonly LiveUpstreams _upstreams;
    private readonly ServerLoop[] _servers;
    private readonly ConnectionGate _gate = new();
    private readonly ExchangeEnd _end;
    private volatile WeirConfig _config;
    private volatile AccessLogs _accessLogs;
    private volatile IReadOnlyList<LiveListener> _listeners = [];
    private volatile bool _isDraining;
    private readonly ModuleSecrets _secrets;
    private ModuleInventory _modules = new();
    private PlanHolder? _plans;
    private ModuleClock? _moduleClock;
    private bool _isServing;

    private WeirHost(WeirConfig config, IModuleCatalog catalog, WeirLog log, CounterSet counters, AccessLogs accessLogs)
    {
        _config = config;
        _catalog = catalog;
        _log = log;
        _accessLogs = accessLogs;
        Counters = counters;
        _loopLogs = [.. accessLogs.OfLoops];
        _resolver = new NameResolver(new NameResolverOptions(), TimeProvider.System);
        _observer = new LoopObserver(counters, log, _loopLogs, _resolver.Counters) { Overload = _overload };
        _end = new ExchangeEnd(counters, log, _loopLogs);
        _budget = new BufferBudget(config.Limits.Memory.Resolve(MachineLimits.MemoryOctets));
        _loops = new LoopGroup(counters.LoopCount, _budget, _observer);
        _pings = new LoopPings(_loops.Loops);
        _upstreams = new LiveUpstreams(new ServerMaker(_loops.Loops, counters, _resolver, log)
        {
            StickyKeys = new Lazy<StickyKeys>(() => StickySecret.Open(config.Process, log)),
        });
        _servers = new ServerLoop[counters.LoopCount];
        _staples = NewStapleKeeper(config.Process);
        CertificateStore store = OpenStore(config, log);
        _challenges = new HttpChallenges { Elsewhere = store.FindChallengeAsync };
        _keeper = MakeKeeper(config, store);
        _onDemand = new OnDemandCertificates(_keeper, _tls.Tickets, counters.LoopCount, _loops.RunOnEachAsync, log, TimeProvider.System)
        {
            Stapled = _staples.FollowAlso,
        };
        _keeper.MayKeep = _onDemand.MayKeepAsync;
        _secrets = new ModuleSecrets(log);
        _states = OpenStates(config, log);
        _memories = OpenMemories(config, log);
        Bans = OpenBans(config, log);
        Control = new WeirControl(this, _states, log);
    }

    /// <summary>What is counted.</summary>
    public CounterSet Counters { get; }

    /// <summary>The configuration in force.</summary>
    public WeirConfig Config => _config;

    /// <summary>The file that <see cref="ReloadFileAsync"/> reads; null where the configuration came from elsewhere.</summary>
    public string? File { get; init; }

    /// <summary>The addresses it listens on, with the ports that the kernel chose where 0 was asked for.</summary>
    public IReadOnlyList<string> Addresses => [.. _listeners.Select(listener => listener.Address.ToString())];

    /// <summary>Client connections now.</summary>
    public int ConnectionCount => _gate.Total;

    /// <summary>Whether it has begun to end: an outer balancer should send nothing new.</summary>
    public bool IsDraining => _isDraining;

    /// <summary>The plan in force.</summary>
    internal Plan Plan => _plans!.Current;

    /// <summary>Starts from a checked configuration. Null after errors, which are in the list.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="modules">The modules it may name.</param>
    /// <param name="log">Where operators read.</param>
    /// <param name="errors">Gets what was found.</param>
    /// <param name="file">The file it was read from, for reloads.</param>
    public static async Task<WeirHost?> StartAsync(
        WeirConfig config, IModuleCatalog modules, WeirLog log, List<ConfigError> errors, string? file = null)
    {
        int loops = config.Process.Loops ?? MachineLimits.Cores;
        CounterSet counters = new(loops, new FamilyLabels()
            .With(CounterFamily.ProxyErrors, ProxyErrors.All.Select(error => error.Name))
            .With(CounterFamily.RejectedHeads, Enumerable.Range(0, RejectReasons.Count).Select(reason => RejectReasons.Name((RejectReason)reason)))
            .With(CounterFamily.RejectedOriginHeads, Enumerable.Range(0, RejectReasons.Count).Select(reason => RejectReasons.Name((RejectReason)reason)))
            .With(CounterFamily.TlsClientFailures, TlsFailures.Names)
            .With(CounterFamily.TlsOriginFailures, TlsFailures.Names));
        if (AccessLogs.TryOpen(config.Log.Access, counters, log, errors) is not { } accessLogs)
        {
            return null;
        }

        WeirHost host = new(config, modules, log, counters, accessLogs) { File = file };
        NextConfig next = host.Prepare(config, errors);
        if (!next.IsUsable || !BindAll(config.Listen, loops, log, errors, next.Added, []))
        {
            next.Abandon(host._modules, null);
            await host.DisposeAsync();
            return null;
        }

        await host.ServeAsync(next);
        return host;
    }

    /// <summary>Completes when every loop has answered: never, while one is stuck.</summary>
    public Task PingAsync() => _pings.AllAsync();

    /// <summary>The loops that have not answered within a time, by number.</summary>
    public Task<IReadOnlyList<int>> FindStuckLoopsAsync(TimeSpan deadline) => _pings.StuckAsync(deadline);

    /// <summary>Opens the access log anew, after a rotation.</summary>
    public void ReopenLogs() => _accessLogs.Reopen();

    /// <summary>Says that it is about to end, and goes on serving: readiness fails, and reloads are refused.</summary>
    public void BeginDrain() => _isDraining = true;

    /// <summary>
    /// Stops taking connections, lets exchanges end until the deadline, then cuts what is left. True when nothing was cut. With a delay it
    /// serves as before for so long, while <see cref="IsDraining"/> is already true.
    /// </summary>
    public async Task<bool> DrainAsync(TimeSpan deadline, TimeSpan delay = default)
    {
        BeginDrain();
        await Task.Delay(delay);
        await _reloading.WaitAsync();
        try
        {
            await CloseAsync(_listeners);
            _listeners = [];
        }
        finally
        {
            _reloading.Release();
        }

        await _loops.RunOnEachAsync(loop => _servers[loop.Index].Drain());
        _log.Write(OperatorEvents.DrainBegan, _gate.Total, (long)deadline.TotalSeconds);
        using CancellationTokenSource end = new(deadline);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(10));
        while (_gate.Total > 0)
        {
            try
            {
                await timer.WaitForNextTickAsync(end.Token);
            }
            catch (OperationCanceledException)
            {
                _log.Write(OperatorEvents.DrainCut, _gate.Total);
                await _loops.RunOnEachAsync(loop => _servers[loop.Index].AbortAll());
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _isDraining = true;
        await _ending.CancelAsync();
        await _keeper.DisposeAsync();
        await _watching;
        await _stapling;
        await _watchingLoad;
        _responder.Dispose();
        await _reloading.WaitAsync();
        if (_isServing)
        {
            await _loops.RunOnEachAsync(loop => _loopLogs[loop.Index]?.Flush());
        }

        _ending.Dispose();

        _loops.Dispose();
        _tls.Swap(null)?.Discard(running: null);
        _onDemand.Dispose();
        _upstreams.Dispose();
        _modules.DisposeAllBut(null);
        _resolver.Dispose();
        await _accessLogs.StopAsync();
        _memories.Flush();
        _reloading.Dispose();
    }

    private static bool BindAll(
        IReadOnlyList<ListenerConfig> listeners, int loops, WeirLog log, List<ConfigError> errors, Dictionary<ListenerConfig, LiveListener> bound,
        IReadOnlyList<LiveListener> leaving)
    {
        // ":8080" and "127.0.0.1:8080" share their port: the one that leaves does not stand in the way of the one that comes.
        int[] ports = [.. leaving.Where(listener => !listener.Address.IsUnix).Select(listener => listener.Address.Port)];
        foreach (ListenerConfig listener in listeners)
        {
            if (BoundListener.TryBind(listener, loops, out string reason, ports) is { } socket)
            {
                bound.Add(listener, new LiveListener(socket));
                continue;
            }

            errors.Add(BoundListener.Failure(listener, reason, log));
        }

        return errors.All(error => error.IsWarning);
    }

    /// <summary>Compiles a configuration beside the running one. Nothing that runs is touched.</summary>
    private NextConfig Prepare(WeirConfig config, List<ConfigError> errors)
    {
        HeadLimits responseHead = new(
            (int)Math.Min(config.Limits.HeaderSize.Octets, Loop.LargeBufferOctets - 4096), config.Limits.HeaderCount * 2, 0);
        OriginCertificates.Check(config, errors);
        AcmeFiles.Check(config, errors);
        UpstreamChange upstreams = _upstreams.Prepare(responseHead);
        PlanBuilder builder = new(_catalog, upstreams, _modules, _log, _memories)
        {
            Challenges = _challenges,
            DataFolder = DataFolder.PathOf(config.Process),
            Secrets = name => _secrets.Open(config.Process, name),
            Bans = Bans.List,
            Overload = _overload,
        };
        Plan? plan = builder.Build(config);
        NextConfig next = new(config, plan, upstreams, builder.Modules);
        foreach (ListenerConfig listener in config.Listen)
        {
            next.ConnectionModules.Add(listener, builder.BuildConnections(listener));
        }

        errors.AddRange(builder.Errors);
        next.Sites = PrepareCertificates(next, errors);
        next.IsUsable = plan is not null && errors.All(error => error.IsWarning);
        return next;
    }

    private async Task ServeAsync(NextConfig next)
    {
        _plans = new PlanHolder(next.Plan!);
        _upstreams.Commit(next.Upstreams);
        Recall(next.Plan!);
        _modules = next.Modules;
        StartCaches();
        ObservePurges();
        ExchangeRunner runner = new(_plans, Counters, _end, _log);
        _moduleClock = new ModuleClock(runner, _loops.Loops);
        RejectLog rejects = new(_end);
        ServerLimits limits = ServerLimitsOf.Config(_config.Limits, _log);
        foreach (Loop loop in _loops.Loops)
        {
            _servers[loop.Index] = new ServerLoop(loop, runner, Counters.OfLoop(loop.Index), limits)
            {
                Log = _log,
                RejectObserver = rejects,
                Bans = Bans.List,
                Overload = _overload,
            };
        }

        _listeners = [.. next.Added.Values];
        foreach (LiveListener listener in _listeners)
        {
            Configure(listener, listener.Config, _config.TrustedProxies, next);
        }

        UseTicketKeys(next.TicketKeys);
        _tls.ByName = _onDemand;
        await PutInForceAsync(next.Sites, next.TlsOptions, next.Certificates!);
        _loops.Start();
        _isServing = true;
        _watching = WatchCertificatesAsync();
        _stapling = StapleAsync();
        _watchingLoad = WatchLoadAsync();
        await _loops.RunOnEachAsync(loop =>
        {
            _observer.Start(loop);
            StartModuleClock(loop);
            foreach (LiveListener listener in _listeners)
            {
                listener.ServeOn(loop);
            }
        });
        _keeper.Use(_config);
        _keeper.Start();
    }

    /// <summary>Closes listeners so that no client whose connection has begun is turned away.</summary>
    private async Task CloseAsync(IReadOnlyList<LiveListener> listeners)
    {
        if (listeners.Count == 0)
        {
            return;
        }

        await _loops.RunOnEachAsync(loop => Each(listeners, listener => listener.RefuseOn(loop.Index)));
        await Task.Delay(SettleMs);
        await _loops.RunOnEachAsync(loop => Each(listeners, listener => listener.CloseOn(loop.Index)));
    }

    private void StartModuleClock(Loop loop)
    {
        if (loop.Index == 0)
        {
            _moduleClock!.Start();
        }
    }

    private static void Each(IReadOnlyList<LiveListener> listeners, Action<LiveListener> action)
    {
        foreach (LiveListener listener in listeners)
        {
            action(listener);
        }
    }
}
