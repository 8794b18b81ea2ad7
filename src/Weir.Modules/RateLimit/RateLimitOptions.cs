using Weir.Abstractions.Options;

namespace Weir.Modules.RateLimit;

/// <summary>Options of `rate_limit`.</summary>
public sealed record RateLimitOptions
{
    [Option("Whose requests are counted together: client_ip, header.NAME, cookie.NAME, host, all, or an expression such as [client.ip, request.path].")]
    public string Key { get; init; } = "client_ip";

    [Option("The requests that may come in a time.", IsShorthand = true)]
    public Rate Rate { get; init; } = new(100, TimeSpan.FromSeconds(1));

    [Option("The requests that may come at once.", Default = "as many as come in a second, at least 1", Min = "1", Max = "1000000")]
    public int? Burst { get; init; }

    [Option("Whether allowed responses say what is left (RateLimit and RateLimit-Policy).")]
    public bool Headers { get; init; }

    [Option("The status of a refusal.", Min = "400", Max = "599")]
    public int Status { get; init; } = 429;

    [Option("Whether nothing is refused: what would have been is counted in the log.")]
    public bool DryRun { get; init; }

    [Option("The keys that are remembered.", Min = "1024", Max = "100000000")]
    public int Entries { get; init; } = 1_000_000;
}
