// Hot: runs for each request that passes the stack.
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Filter;

/// <summary>Asks its rules of each request.</summary>
internal sealed class FilterModule : IRequestModule
{
    private readonly FilterRule[] _rules;

    public FilterModule(FilterRule[] rules) => _rules = rules;

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        foreach (FilterRule rule in _rules)
        {
            if (rule.Apply(exchange))
            {
                return new(rule.Refuse(exchange));
            }
        }

        return new(Verdict.Continue);
    }
}
