using System.Diagnostics;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Options;
using Weir.Config;
using Weir.Config.Model;
using Weir.Config.Writing;
using Weir.Machine;
using Weir.Pipeline.Plans;
using Weir.Server;
using Weir.Telemetry.Events;

namespace Weir.Hosting;

/// <summary>
/// Reload by difference. 1 read  2 compile beside what runs  3 open and bind what is new  4 swap  5 drain what is gone. Up to and with 3
/// nothing that runs is touched, and any error ends it there.
/// </summary>
public sealed partial class WeirHost
{
    private const int MostErrorEvents = 8;

    private readonly SemaphoreSlim _reloading = new(1, 1);

    /// <summary>Which configuration is in force: 1 from the start, one more with every reload that was applied.</summary>
    public long Generation { get; private set; } = 1;

    /// <summary>Reads <see cref="File"/> anew and puts it in force, if nothing is wrong with it. Reloads run one after the other.</summary>
    public Task<ReloadReport> ReloadFileAsync() => Task.Run(() => ReloadOnceAsync(null));

    /// <summary>
    /// Puts a checked configuration in force, by its difference from the one that is. Never throws for a configuration's fault.
    /// </summary>
    public Task<ReloadReport> ReloadAsync(WeirConfig next) => Task.Run(() => ReloadOnceAsync(next));

    private async Task<ReloadReport> ReloadOnceAsync(WeirConfig? config)
    {
        long startedAt = Stopwatch.GetTimestamp();
        await _reloading.WaitAsync();
        try
        {
            List<ConfigError> errors = [];
            if (_isDraining)
            {
                errors.Add(new ConfigError(File ?? "", 0, 0, "Weir is draining.", "A process that ends takes no other configuration."));
            }
            else
            {
                config ??= Read(errors);
            }

            ReloadReport report = errors.TrueForAll(error => error.IsWarning)
                ? await PutInForceAsync(config!, errors)
                : Refuse(errors);
            report = report with { DurationMs = Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds };
            Tell(report);
            return report;
        }
        finally
        {
            _reloading.Release();
        }
    }

    private WeirConfig? Read(List<ConfigError> errors)
    {
        if (File is null)
        {
            errors.Add(new ConfigError("", 0, 0, "There is nothing to reload: Weir was started without a configuration file.", "Use `weir run -c FILE`."));
            return null;
        }

        ConfigResult read = ConfigReader.Read(File, _catalog);
        errors.AddRange(read.Errors);
        return read.Config;
    }

    private async Task<ReloadReport> PutInForceAsync(WeirConfig config, List<ConfigError> errors)
    {
        WeirConfig before = _config;
        errors.AddRange(SecretFiles.Review(config));
        NextConfig next = Prepare(config, errors);
        if (!next.IsUsable)
        {
            next.Abandon(_modules, _tls.Current);
            return Refuse(errors);
        }

        bool hasOtherLog = ConfigDifference.HasOtherAccessLog(before, config);
        AccessLogs? logs = hasOtherLog ? AccessLogs.TryOpen(config.Log.Access, Counters, _log, errors) : _accessLogs;
        List<LiveListener> kept = [];
        List<LiveListener> removed = [.. _listeners];
        List<ListenerConfig> added = NewListeners(config, removed, kept);
        if (logs is null || !BindAll(added, _loops.Loops.Count, _log, errors, next.Added, removed))
        {
            next.Abandon(_modules, _tls.Current);
            await (hasOtherLog && logs is not null ? logs.StopAsync() : Task.CompletedTask);
            return Refuse(errors);
        }

        List<string> changedListeners = Configure(config, next, kept);
        ReloadReport report = Describe(before, next, errors) with
        {
            Listeners = new ReloadTouches(
                [.. next.Added.Values.Select(listener => listener.Config.Address.ToString())],
                [.. removed.Select(listener => listener.Config.Address.ToString())],
                changedListeners,
                kept.Count - changedListeners.Count),
        };
        await SwapAsync(next, logs, [.. kept, .. next.Added.Values]);
        await RetireAsync(removed);
        return report with
        {
            Generation = ++Generation,
            Upstreams = Touches(
                next.Upstreams.Touches.Added, next.Upstreams.Touches.Removed, next.Upstreams.Touches.Changed, next.Upstreams.Touches.Kept),
            Servers = Touches(
                next.Upstreams.Touches.ServersAdded, next.Upstreams.Touches.ServersRemoved, next.Upstreams.Touches.ServersChanged,
                next.Upstreams.Touches.ServersKept),
        };
    }

    /// <summary>Those that must be bound. Takes the others out of the running ones: what is left there is gone.</summary>
    private static List<ListenerConfig> NewListeners(WeirConfig config, List<LiveListener> running, List<LiveListener> kept)
    {
        List<ListenerConfig> added = [];
        foreach (ListenerConfig listener in config.Listen)
        {
            string address = listener.Address.ToString();
            LiveListener? same = running.Find(live => live.Config.Address.ToString() == address);
            if (same is null)
            {
                added.Add(listener);
                continue;
            }

            running.Remove(same);
            same.Next = listener;
            kept.Add(same);
        }

        return added;
    }

    private List<string> Configure(WeirConfig config, NextConfig next, List<LiveListener> kept)
    {
        List<string> changed = [];
        foreach (LiveListener listener in kept)
        {
            if (Configure(listener, listener.Next!, config.TrustedProxies, next))
            {
                changed.Add(listener.Config.Address.ToString());
            }
        }

        foreach (LiveListener listener in next.Added.Values)
        {
            Configure(listener, listener.Config, config.TrustedProxies, next);
        }

        return changed;
    }

    private bool Configure(LiveListener listener, ListenerConfig config, IReadOnlyList<IpPrefix> trusted, NextConfig next) =>
        listener.Configure(config, next.ConnectionModules[config], trusted, config.Tls == true ? _tls : null, _servers, _gate);

    private ReloadReport Describe(WeirConfig before, NextConfig next, List<ConfigError> errors)
    {
        int kept = next.Modules.CountShared(_modules);
        return new ReloadReport
        {
            IsApplied = true,
            Generation = Generation,
            File = File ?? "",
            Warnings = errors,
            NeedsRestart = ConfigDifference.NeedsRestart(before, next.Config),
            OptionsChanged = ConfigDifference.Options(before, next.Config),
            Sites = ConfigDifference.OfSites(before, next.Config),
            Routes = ConfigDifference.OfRoutes(before, next.Config),
            ModulesKept = kept,
            ModulesMade = next.Modules.Count - kept,
        };
    }

    private async Task SwapAsync(NextConfig next, AccessLogs logs, IReadOnlyList<LiveListener> listeners)
    {
        ModuleInventory oldModules = _modules;
        AccessLogs oldLogs = _accessLogs;
        ServerLimits limits = OptionText.Of(_config.Limits) == OptionText.Of(next.Config.Limits)
            ? _servers[0].Limits
            : ServerLimitsOf.Config(next.Config.Limits, _log);
        _budget.LimitOctets = next.Config.Limits.Memory.Resolve(MachineLimits.MemoryOctets);
        _log.Minimum = LevelOf(next.Config.Log.Level);

        // The servers first: an exchange of the new plan must not find an upstream as the old one had it.
        _upstreams.Commit(next.Upstreams);
        Recall(next.Plan!);
        _plans!.Swap(next.Plan!);
        UseTicketKeys(next.TicketKeys);
        _config = next.Config;
        await PutInForceAsync(next.Sites, next.TlsOptions, next.Certificates!);
        _keeper.Use(next.Config);
        _modules = next.Modules;
        StartCaches();
        ObservePurges();
        _accessLogs = logs;
        _listeners = listeners;
        await _loops.RunOnEachAsync(loop =>
        {
            int index = loop.Index;
            next.Upstreams.ApplyOn(index);
            _servers[index].Limits = limits;
            StartModuleClock(loop);
            Each(listeners, listener => listener.ServeOn(loop));
            if (!ReferenceEquals(logs, oldLogs))
            {
                _loopLogs[index]?.Flush();
                _loopLogs[index] = logs.OfLoops[index];
                _end.SetLog(index, logs.OfLoops[index]);
            }
        });
        oldModules.DisposeAllBut(next.Modules);
        await (ReferenceEquals(logs, oldLogs) ? Task.CompletedTask : oldLogs.StopAsync());
    }

    private async Task RetireAsync(IReadOnlyList<LiveListener> removed)
    {
        await CloseAsync(removed);
        if (removed.Count > 0)
        {
            await _loops.RunOnEachAsync(loop => Each(removed, listener => listener.DrainOn(_servers[loop.Index])));
        }
    }

    private ReloadReport Refuse(List<ConfigError> errors) => new()
    {
        Generation = Generation,
        File = File ?? "",
        Errors = [.. errors.Where(error => !error.IsWarning)],
        Warnings = [.. errors.Where(error => error.IsWarning)],
    };

    private void Tell(ReloadReport report)
    {
        if (!report.IsApplied)
        {
            foreach (ConfigError error in report.Errors.Take(MostErrorEvents))
            {
                _log.Write(OperatorEvents.ConfigMistake, error.ToString());
            }

            _log.Write(OperatorEvents.ReloadFailed, report.File, report.Errors.Count, report.Errors[0].ToString());
            return;
        }

        foreach (ConfigError warning in report.Warnings.Take(MostErrorEvents))
        {
            _log.Write(OperatorEvents.ConfigDoubt, warning.ToString());
        }

        foreach (string sentence in report.NeedsRestart)
        {
            _log.Write(OperatorEvents.RestartNeeded, sentence);
        }

        _log.Write(OperatorEvents.Reloaded, report.File, report.Generation, (long)report.DurationMs, report.Summary);
    }

    private static ReloadTouches Touches(List<string> added, List<string> removed, List<string> changed, int kept) =>
        new(added, removed, changed, kept);

    private static EventLevel LevelOf(LogLevel level) => level switch
    {
        LogLevel.Debug => EventLevel.Debug,
        LogLevel.Warning => EventLevel.Warning,
        LogLevel.Error => EventLevel.Error,
        _ => EventLevel.Info,
    };
}
