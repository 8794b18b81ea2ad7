using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Options;
using Weir.Modules.Limiting;

namespace Weir.Modules.Concurrency;

/// <summary>Options of `concurrency`.</summary>
public sealed record ConcurrencyOptions
{
    [Option("The exchanges that may be in flight at once, of each key.", IsShorthand = true, Default = "no limit", Min = "1", Max = "30000")]
    public int? Limit { get; init; }

    [Option("Whose exchanges belong together: " + RequestKeyText.Words + ".")]
    public string Key { get; init; } = "all";

    [Option("The exchanges that may be in flight at once, of all keys together.", Default = "no limit", Min = "1", Max = "1000000")]
    public int? Total { get; init; }

    [Option("Learns from the time that origins take how many exchanges may be in flight, in place of total.", Default = "off")]
    public AdaptiveOptions? Adaptive { get; init; }

    [Option("The requests of a key that may wait for a place.", Min = "0", Max = "100000")]
    public int Queue { get; init; } = 100;

    [Option("The requests that may wait for a place, of all keys together.", Min = "0", Max = "100000")]
    public int QueueTotal { get; init; } = 1000;

    [Option("How long a request waits for a place; then it is refused.", Min = "10ms", Max = "10m")]
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(5);

    [Option("Clients that are neither counted nor refused.", Example = "[10.0.0.0/8]")]
    public IReadOnlyList<IpPrefix> Exempt { get; init; } = [];

    [Option("How many bits of an IPv6 address make a client, where clients are told apart by address.", Min = "32", Max = "128")]
    public int Ipv6Prefix { get; init; } = 64;

    [Option("Whether an upgraded connection, such as a WebSocket, keeps its place until it ends.")]
    public bool HoldTunnels { get; init; } = true;

    [Option("What /metrics calls it, where a stack has several.", Default = "the key")]
    public string? Name { get; init; }

    [Option("Whether nothing waits or is refused: what would have is counted in the log.")]
    public bool DryRun { get; init; }

    [Option("The keys that can be in flight at once.", Min = "1024", Max = "10000000")]
    public int Entries { get; init; } = 65_536;
}
