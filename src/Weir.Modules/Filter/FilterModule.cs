// Hot: runs for each request that passes the stack.
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Filter;

/// <summary>Asks its rules of each request.</summary>
internal sealed class FilterModule : IRequestModule
{
    private readonly FilterRules _rules;

    public FilterModule(FilterRules rules) => _rules = rules;

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange) => new(_rules.Apply(exchange)?.Refuse(exchange) ?? Verdict.Continue);
}
