using Weir.Abstractions.Options;
using Weir.Modules.Limiting;

namespace Weir.Modules.Bandwidth;

/// <summary>Options of `bandwidth`.</summary>
public sealed record BandwidthOptions
{
    [Option("The octets of content that all responses to a key may bring in a second.", IsShorthand = true, Default = "no limit", Min = "1KiB/s", Max = "1024GiB/s")]
    public ByteRate? Response { get; init; }

    [Option("The octets of content that all requests of a key may bring in a second.", Default = "no limit", Min = "1KiB/s", Max = "1024GiB/s")]
    public ByteRate? Request { get; init; }

    [Option("Whose exchanges share a rate: " + RequestKeyText.Words + ".")]
    public string Key { get; init; } = "client_ip";

    [Option("The octets that may come at once, of each direction.", Default = "as many as come in a second", Min = "1KiB", Max = "1GiB")]
    public ByteSize? Burst { get; init; }

    [Option("The octets that each request or response brings before its rate begins to count.", Default = "0B", Max = "1024GiB")]
    public ByteSize After { get; init; }

    [Option("How many bits of an IPv6 address make a client, where clients are told apart by address.", Min = "32", Max = "128")]
    public int Ipv6Prefix { get; init; } = 64;

    [Option("The keys that are remembered.", Min = "1024", Max = "10000000")]
    public int Entries { get; init; } = 100_000;
}
