using Weir.Abstractions.Options;
using Weir.Config;
using Weir.Config.Model;
using Weir.Pipeline.AccessLogging;
using Weir.Telemetry.AccessLogs;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Hosting;

/// <summary>Opens the access log that a configuration asks for.</summary>
internal static class AccessLogOpener
{
    /// <summary>False after an error; true with nulls when the access log is off.</summary>
    public static bool TryOpen(
        AccessLogConfig config, CounterSet counters, WeirLog log, List<ConfigError> errors, out AccessLogWriter? writer, out AccessFormat? format)
    {
        writer = null;
        format = null;
        if (config.IsOff)
        {
            return true;
        }

        format = ParseFormat(config, errors);
        if (format is null)
        {
            return false;
        }

        IAccessLogTarget? target = Open(config, errors);
        if (target is null)
        {
            return false;
        }

        writer = AccessLogWriter.Start(target, counters, log);
        return true;
    }

    /// <summary>The format; null after errors.</summary>
    public static AccessFormat? ParseFormat(AccessLogConfig config, List<ConfigError> errors)
    {
        AccessFormat? format = AccessFormat.TryParse(config.Format, out IReadOnlyList<AccessFormatError> formatErrors);
        errors.AddRange(formatErrors.Select(error =>
            new ConfigError(config.Position.File, config.Position.Line, config.Position.Column, error.Cause, error.Remedy)));
        return format;
    }

    private static IAccessLogTarget? Open(AccessLogConfig config, List<ConfigError> errors)
    {
        if (config.To == "stdout")
        {
            return new StandardOutputTarget();
        }

        string path = ModulePlaces.ResolvePath(config.Position, config.To);
        FileLogTarget? file = FileLogTarget.TryOpen(path, out string? error);
        if (file is null)
        {
            errors.Add(new ConfigError(
                config.Position.File, config.Position.Line, config.Position.Column,
                $"The access log '{config.To}' cannot be opened: {error}", "Make the folder, or give this user the right to write there."));
        }

        return file;
    }
}
