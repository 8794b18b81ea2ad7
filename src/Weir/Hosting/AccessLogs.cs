using Weir.Abstractions.Options;
using Weir.Config.Model;
using Weir.Pipeline.AccessLogging;
using Weir.Telemetry.AccessLogs;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Hosting;

/// <summary>An access log that is open: one writer for the process, one log for each loop. A reload opens another one beside it.</summary>
internal sealed class AccessLogs
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(5);

    private readonly AccessLogWriter? _writer;

    private AccessLogs(AccessLogWriter? writer, IReadOnlyList<LoopAccessLog?> ofLoops)
    {
        _writer = writer;
        OfLoops = ofLoops;
    }

    /// <summary>The log of each loop; nulls where the access log is off.</summary>
    public IReadOnlyList<LoopAccessLog?> OfLoops { get; }

    /// <summary>Opens what a configuration asks for; null after an error.</summary>
    public static AccessLogs? TryOpen(AccessLogConfig config, CounterSet counters, WeirLog log, List<ConfigError> errors)
    {
        if (!AccessLogOpener.TryOpen(config, counters, log, errors, out AccessLogWriter? writer, out AccessFormat? format))
        {
            return null;
        }

        LoopAccessLog?[] logs = new LoopAccessLog?[counters.LoopCount];
        for (int i = 0; writer is not null && i < logs.Length; i++)
        {
            logs[i] = new LoopAccessLog(writer.BufferOf(i), format!.ForLoop());
        }

        return new AccessLogs(writer, logs);
    }

    /// <summary>Opens the file anew, after a rotation.</summary>
    public void Reopen() => _writer?.Reopen();

    /// <summary>Writes what the loops have handed over, and ends.</summary>
    public async Task StopAsync()
    {
        if (_writer is not null)
        {
            await _writer.FlushAndStopAsync(_deadline);
        }
    }
}
