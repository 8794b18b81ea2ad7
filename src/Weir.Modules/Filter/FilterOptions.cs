using Weir.Abstractions.Options;

namespace Weir.Modules.Filter;

/// <summary>Options of `filter`.</summary>
public sealed record FilterOptions
{
    [Option("The rules, asked in this order; the first one that blocks ends it.", IsRequired = true, IsShorthand = true)]
    public IReadOnlyList<FilterRuleOptions> Rules { get; init; } = [];

    [Option("Whether rules act, or are only counted, in /metrics and in the log.")]
    public FilterMode Mode { get; init; }
}
