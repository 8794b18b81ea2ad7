using Weir.Abstractions.Options;

namespace Weir.Modules.RateLimit;

/// <summary>One of several rates.</summary>
public sealed record QuotaOptions
{
    [Option("The requests that may come in a time.", IsRequired = true, IsShorthand = true)]
    public Rate Rate { get; init; }

    [Option("The requests that may come at once.", Default = "as many as come in a second, at least 1", Min = "1", Max = "1000000")]
    public int? Burst { get; init; }

    [Option("What clients read it as in RateLimit.", Default = "the rate itself", Example = "hourly")]
    public string? Name { get; init; }
}
