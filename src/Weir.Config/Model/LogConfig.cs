using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>The log and the access log.</summary>
public sealed record LogConfig
{
    [Option("The least important messages that are written.")]
    public LogLevel Level { get; init; } = LogLevel.Info;

    [Option("How messages are written to standard error: lines for people, or JSON for machines.")]
    public LogStyle Format { get; init; } = LogStyle.Text;

    [Option("The access log; `off` turns it off.")]
    public AccessLogConfig Access { get; init; } = new();
}
