using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Options;
using Weir.Modules.Limiting;

namespace Weir.Modules.RateLimit;

/// <summary>Options of `rate_limit`.</summary>
public sealed record RateLimitOptions
{
    [Option("Whose requests are counted together: " + RequestKeyText.Words + ".")]
    public string Key { get; init; } = "client_ip";

    [Option("The requests that may come in a time.", IsShorthand = true, Default = "100/s, where rates is empty")]
    public Rate? Rate { get; init; }

    [Option("The requests that may come at once.", Default = "as many as come in a second, at least 1", Min = "1", Max = "1000000")]
    public int? Burst { get; init; }

    [Option("Several rates at once, in place of rate and burst: a request passes when all of them let it.", Example = "[10/s, { rate: 1000/h, burst: 1000 }]")]
    public IReadOnlyList<QuotaOptions> Rates { get; init; } = [];

    [Option("Clients that are neither counted nor refused.", Example = "[10.0.0.0/8]")]
    public IReadOnlyList<IpPrefix> Exempt { get; init; } = [];

    [Option("How many bits of an IPv6 address make a client, where clients are told apart by address.", Min = "32", Max = "128")]
    public int Ipv6Prefix { get; init; } = 64;

    [Option("What becomes of who goes on in spite of refusals.", Default = "none")]
    public PenaltyOptions? Penalty { get; init; }

    [Option("Whether responses say what is left (RateLimit and RateLimit-Policy), refusals too.")]
    public bool Headers { get; init; }

    [Option("The status of a refusal.", Min = "400", Max = "599")]
    public int Status { get; init; } = 429;

    [Option("Whether nothing is refused: what would have been is counted in the log.")]
    public bool DryRun { get; init; }

    [Option("The keys that are remembered.", Min = "1024", Max = "100000000")]
    public int Entries { get; init; } = 1_000_000;
}
