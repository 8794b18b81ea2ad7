using Weir.Abstractions.Options;

namespace Weir.Config.Tests.Modules;

public sealed record RateLimitOptions
{
    [Option("What is counted by.")]
    public RateLimitKey Key { get; init; } = RateLimitKey.ClientIp;

    [Option("How much.", IsRequired = true, IsShorthand = true, Min = "1/d", Max = "1000000/s")]
    public Rate Rate { get; init; }

    [Option("How much at once.", Min = "1")]
    public int Burst { get; init; } = 1;

    [Option("How long a refusal lasts.", Default = "none", Max = "1h")]
    public TimeSpan? Penalty { get; init; }
}
