using System.Runtime.InteropServices;
using Weir.Abstractions.Options;
using Weir.Admin.Serving;
using Weir.Config;
using Weir.Config.Model;
using Weir.Hosting;
using Weir.Machine;
using Weir.Modules;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Cli.Commands;

/// <summary>Runs a Weir in the foreground, from its start to its last signal.</summary>
internal static class Server
{
    // SIGUSR1 has no name in PosixSignal; positive numbers are the system's own.
    private const int SigUsr1 = 10;

    private static readonly TimeSpan _lastWords = TimeSpan.FromSeconds(2);

    // What is left to do when the last exchange was cut: logs, threads, the exit itself.
    private static readonly TimeSpan _afterDrain = TimeSpan.FromSeconds(15);

    public static async Task<int> RunAsync(ConfigResult read, string? file = null)
    {
        if (ConfigFile.Report(read.Errors) || read.Config is not { } config)
        {
            return 1;
        }

        // Before anything else: a signal that comes while Weir starts is no accident, and stops it in order too.
        using StopSignals stop = new();
        using LogWriter writer = new(Console.OpenStandardError(), FormatOf(config.Log.Format));
        WeirLog log = new(writer, LevelOf(config.Log.Level));
        writer.Attach(log);
        using ServiceNotifier manager = ServiceNotifier.FromEnvironment(log);
        using ReloadSignal hangUp = new(log, manager);
        List<ConfigError> errors = [];
        WeirHost? host = null;
        OpenedAdmin? admin = null;
        if (Rights.Settle(config, log, errors, SocketFolder(config)))
        {
            // All that the admin needs, before a client is served: what fails of it later must not end what serves.
            admin = OpenedAdmin.Open(config, log, errors);
            host = errors.Exists(error => !error.IsWarning) ? null : await WeirHost.StartAsync(
                config, new StandardModules(), log, errors, file);
        }

        if (ConfigFile.Report(errors) || host is null)
        {
            admin?.Close();
            writer.Stop(_lastWords);
            return 1;
        }

        Rights.Review(config, log);
        hangUp.Serve(host);
        await ServeAsync(host, admin, log, stop, manager);
        writer.Stop(_lastWords);
        return 0;
    }

    private static async Task ServeAsync(WeirHost host, OpenedAdmin? opened, WeirLog log, StopSignals stop, ServiceNotifier manager)
    {
        using PosixSignalRegistration reopen = PosixSignalRegistration.Create((PosixSignal)SigUsr1, signal =>
        {
            signal.Cancel = true;
            host.ReopenLogs();
        });
        log.Write(OperatorEvents.Started, VersionCommand.Version, string.Join(", ", host.Addresses), host.Counters.LoopCount);
        AdminServer? admin = opened is null ? null : await AdminServer.StartAsync(opened, host.Control, log);
        manager.Ready($"Serving {string.Join(", ", host.Addresses)}");
        string reason;
        await using (Watchdog.Start(manager, host.PingAsync, log))
        {
            reason = await stop.Asked;

            // Of the configuration that is in force now: a reload may have changed it.
            DrainConfig drain = host.Config.Process.Drain;
            manager.Stopping(drain.Delay + drain.Deadline + _afterDrain);
            await host.DrainAsync(drain.Deadline, drain.Delay);
        }

        await (admin?.DisposeAsync() ?? ValueTask.CompletedTask);
        await host.DisposeAsync();
        log.Write(
            OperatorEvents.Stopped,
            reason,
            host.Counters.Total(Counter.ExchangesCompleted),
            GC.CollectionCount(0) - GC.CollectionCount(1),
            GC.CollectionCount(1) - GC.CollectionCount(2),
            GC.CollectionCount(2),
            (long)GC.GetTotalPauseDuration().TotalMilliseconds);
    }

    private static LogFormat FormatOf(LogStyle style) => style == LogStyle.Json ? LogFormat.Json
        : Journal.ReadsStandardError ? LogFormat.Journal
        : LogFormat.Text;

    private static EventLevel LevelOf(LogLevel level) => level switch
    {
        LogLevel.Debug => EventLevel.Debug,
        LogLevel.Warning => EventLevel.Warning,
        LogLevel.Error => EventLevel.Error,
        _ => EventLevel.Info,
    };

    private static string? SocketFolder(WeirConfig config) =>
        config.Admin.IsOff ? null : Path.GetDirectoryName(AdminPlaces.SocketOf(config));
}
