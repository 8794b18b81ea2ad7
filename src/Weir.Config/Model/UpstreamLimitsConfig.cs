using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>What each server may be given at once, by the whole process.</summary>
public sealed record UpstreamLimitsConfig
{
    [Option("Connections, idle ones included.", Default = "none", Min = "1")]
    public int? Connections { get; init; }

    [Option("Requests in flight.", Default = "none", Min = "1")]
    public int? Requests { get; init; }

    [Option("Requests that may wait for a free place; beyond, they get 503.", Min = "0")]
    public int Queue { get; init; } = 256;

    [Option("How long they may wait.", Min = "1ms", Max = "1h")]
    public TimeSpan QueueTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
