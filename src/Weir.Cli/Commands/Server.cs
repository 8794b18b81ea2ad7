using System.Runtime.InteropServices;
using Weir.Abstractions.Options;
using Weir.Config;
using Weir.Config.Model;
using Weir.Hosting;
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

    public static async Task<int> RunAsync(ConfigResult read)
    {
        if (ConfigFile.Report(read.Errors) || read.Config is not { } config)
        {
            return 1;
        }

        // Before anything else: a signal that comes while Weir starts is no accident, and stops it in order too.
        using StopSignals stop = new();
        using LogWriter writer = new(Console.OpenStandardError(), LogFormat.Text);
        WeirLog log = new(writer, LevelOf(config.Log.Level));
        writer.Attach(log);
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            log.Write(OperatorEvents.ReloadUnsupported);
        });
        List<ConfigError> errors = [];
        WeirHost? host = await WeirHost.StartAsync(config, new StandardModules(), log, errors);
        if (ConfigFile.Report(errors) || host is null)
        {
            writer.Stop(_lastWords);
            return 1;
        }

        await ServeAsync(host, config, log, stop);
        writer.Stop(_lastWords);
        return 0;
    }

    private static async Task ServeAsync(WeirHost host, WeirConfig config, WeirLog log, StopSignals stop)
    {
        using PosixSignalRegistration reopen = PosixSignalRegistration.Create((PosixSignal)SigUsr1, signal =>
        {
            signal.Cancel = true;
            host.ReopenLogs();
        });
        log.Write(OperatorEvents.Started, VersionCommand.Version, string.Join(", ", host.Addresses), host.Counters.LoopCount);
        string reason = await stop.Asked;
        await Task.Delay(config.Process.Drain.Delay);
        await host.DrainAsync(config.Process.Drain.Deadline);
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

    private static EventLevel LevelOf(LogLevel level) => level switch
    {
        LogLevel.Debug => EventLevel.Debug,
        LogLevel.Warning => EventLevel.Warning,
        LogLevel.Error => EventLevel.Error,
        _ => EventLevel.Info,
    };
}
