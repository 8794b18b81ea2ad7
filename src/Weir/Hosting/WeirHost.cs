using Weir.Abstractions.Errors;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Options;
using Weir.Config.Model;
using Weir.Http.Http1;
using Weir.Machine;
using Weir.Net.Buffers;
using Weir.Net.Loops;
using Weir.Net.Sockets;
using Weir.Pipeline;
using Weir.Pipeline.AccessLogging;
using Weir.Pipeline.Finishing;
using Weir.Pipeline.Plans;
using Weir.Pipeline.Sticking;
using Weir.Server;
using Weir.Server.Listening;
using Weir.Telemetry.AccessLogs;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;
using Weir.Upstream.Resolving;
using Weir.Upstreams;

namespace Weir.Hosting;

/// <summary>
/// A running Weir: loops, listeners, the plan in force. One thread starts and stops it; between the two it runs by itself.
/// </summary>
public sealed class WeirHost : IAsyncDisposable
{
    private static readonly TimeSpan _logDeadline = TimeSpan.FromSeconds(5);

    private readonly WeirConfig _config;
    private readonly WeirLog _log;
    private readonly AccessLogWriter? _accessLog;
    private readonly LoopAccessLog?[] _loopLogs;
    private readonly LoopGroup _loops;
    private readonly LoopObserver _observer;
    private readonly NameResolver _resolver;
    private readonly LiveUpstreams _upstreams;
    private readonly ServerLoop[] _servers;
    private readonly List<BoundListener> _bound = [];
    private readonly List<Listener>[] _listeners;
    private readonly ConnectionGate _gate = new();

    private WeirHost(WeirConfig config, WeirLog log, CounterSet counters, AccessLogWriter? accessLog, AccessFormat? format)
    {
        _config = config;
        _log = log;
        _accessLog = accessLog;
        Counters = counters;
        int loops = counters.LoopCount;
        _loopLogs = new LoopAccessLog?[loops];
        if (accessLog is not null)
        {
            for (int i = 0; i < loops; i++)
            {
                _loopLogs[i] = new LoopAccessLog(accessLog.BufferOf(i), format!.ForLoop());
            }
        }

        _observer = new LoopObserver(counters, log, _loopLogs);
        _loops = new LoopGroup(loops, new BufferBudget(config.Limits.Memory.Resolve(MachineLimits.MemoryOctets)), _observer);
        _resolver = new NameResolver(new NameResolverOptions(), TimeProvider.System);
        _upstreams = new LiveUpstreams(_loops.Loops, counters, _resolver)
        {
            StickyKeys = new Lazy<StickyKeys>(() => StickySecret.Open(config.Process, log)),
            ResponseHead = new HeadLimits((int)Math.Min(config.Limits.HeaderSize.Octets, Loop.LargeBufferOctets - 4096), config.Limits.HeaderCount * 2, 0),
            Log = log,
        };
        _servers = new ServerLoop[loops];
        _listeners = new List<Listener>[loops];
    }

    /// <summary>What is counted.</summary>
    public CounterSet Counters { get; }

    /// <summary>The addresses it listens on, with the ports that the kernel chose where 0 was asked for.</summary>
    public IReadOnlyList<string> Addresses => [.. _bound.Select(bound => bound.Address.ToString())];

    /// <summary>Client connections now.</summary>
    public int ConnectionCount => _gate.Total;

    /// <summary>Starts from a checked configuration. Null after errors, which are in the list.</summary>
    public static async Task<WeirHost?> StartAsync(WeirConfig config, IModuleCatalog modules, WeirLog log, List<ConfigError> errors)
    {
        int loops = config.Process.Loops ?? MachineLimits.Cores;
        CounterSet counters = new(loops, new FamilyLabels()
            .With(CounterFamily.ProxyErrors, ProxyErrors.All.Select(error => error.Name))
            .With(CounterFamily.RejectedHeads, Enumerable.Range(0, RejectReasons.Count).Select(reason => RejectReasons.Name((RejectReason)reason)))
            .With(CounterFamily.RejectedOriginHeads, Enumerable.Range(0, RejectReasons.Count).Select(reason => RejectReasons.Name((RejectReason)reason))));
        if (!AccessLogOpener.TryOpen(config.Log.Access, counters, log, errors, out AccessLogWriter? accessLog, out AccessFormat? format))
        {
            return null;
        }

        WeirHost host = new(config, log, counters, accessLog, format);
        PlanBuilder builder = new(modules, host._upstreams);
        Plan? plan = builder.Build(config);
        Dictionary<ListenerConfig, IReadOnlyList<IConnectionModule>> connectionModules = config.Listen.ToDictionary(listener => listener, builder.BuildConnections);
        errors.AddRange(builder.Errors);
        if (plan is null || errors.Any(error => !error.IsWarning) || !host.Bind(errors))
        {
            await host.DisposeAsync();
            return null;
        }

        await host.ServeAsync(plan, connectionModules);
        return host;
    }

    /// <summary>Completes when every loop has answered: never, while one is stuck.</summary>
    public Task PingAsync() => _loops.RunOnEachAsync(static _ => { });

    /// <summary>Opens the access log anew, after a rotation.</summary>
    public void ReopenLogs() => _accessLog?.Reopen();

    /// <summary>
    /// Stops taking connections, lets exchanges end until the deadline, then cuts what is left. True when nothing was cut.
    /// </summary>
    public async Task<bool> DrainAsync(TimeSpan deadline)
    {
        await _loops.RunOnEachAsync(loop =>
        {
            _listeners[loop.Index].ForEach(listener => listener.Close());
            _listeners[loop.Index].Clear();
            _servers[loop.Index].Drain();
        });
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
        if (_servers[0] is not null)
        {
            await _loops.RunOnEachAsync(loop => _loopLogs[loop.Index]?.Flush());
        }

        _loops.Dispose();
        _upstreams.Dispose();
        _resolver.Dispose();
        if (_accessLog is not null)
        {
            await _accessLog.FlushAndStopAsync(_logDeadline);
        }
    }

    private bool Bind(List<ConfigError> errors)
    {
        foreach (ListenerConfig listener in _config.Listen)
        {
            if (BoundListener.TryBind(listener, _loops.Loops.Count, out string reason) is { } bound)
            {
                _bound.Add(bound);
                continue;
            }

            errors.Add(BoundListener.Failure(listener, reason, _log));
        }

        return errors.All(error => error.IsWarning);
    }

    private async Task ServeAsync(Plan plan, Dictionary<ListenerConfig, IReadOnlyList<IConnectionModule>> connectionModules)
    {
        ExchangeEnd end = new(Counters, _log, _loopLogs);
        ExchangeRunner runner = new(new PlanHolder(plan), Counters, end, _log);
        RejectLog rejects = new(end);
        ServerLimits limits = ServerLimitsOf.Config(_config.Limits, _log);
        foreach (Loop loop in _loops.Loops)
        {
            _listeners[loop.Index] = [];
            _servers[loop.Index] = new ServerLoop(loop, runner, Counters.OfLoop(loop.Index), limits) { Log = _log, RejectObserver = rejects };
        }

        List<Acceptor>[] acceptors = [.. _loops.Loops.Select(loop => MakeAcceptors(loop, connectionModules))];
        _loops.Start();
        await _loops.RunOnEachAsync(loop =>
        {
            _observer.Start(loop);
            for (int i = 0; i < _bound.Count; i++)
            {
                BoundListener bound = _bound[i];
                _listeners[loop.Index].Add(Listener.Start(loop, bound.Descriptors[loop.Index], bound.Address, acceptors[loop.Index][i]));
            }
        });
    }

    private List<Acceptor> MakeAcceptors(Loop loop, Dictionary<ListenerConfig, IReadOnlyList<IConnectionModule>> connectionModules)
    {
        List<Acceptor> acceptors = [];
        foreach (BoundListener bound in _bound)
        {
            ListenerOptions options = new()
            {
                Name = bound.Config.Address.ToString(),
                ProxyProtocol = bound.Config.ProxyProtocol,
                TrustedProxies = _config.TrustedProxies,
                Modules = connectionModules[bound.Config],
            };
            Acceptor acceptor = new(_servers[loop.Index], _gate, options, bound.Address, bound.Balance);
            bound.Balance?.Register(loop.Index, acceptor);
            acceptors.Add(acceptor);
        }

        return acceptors;
    }
}
