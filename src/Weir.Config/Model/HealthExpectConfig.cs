using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>What a good answer to a health check is.</summary>
public sealed record HealthExpectConfig
{
    [Option("The good statuses.", Example = "200-299")]
    public IReadOnlyList<StatusRange> Status { get; init; } = [new StatusRange(200, 399)];

    [Option("What the first 64 KiB of the body hold: a text, or \"~ \" and a regular expression.", Default = "anything", Example = "ready")]
    public ValuePattern? Body { get; init; }
}
