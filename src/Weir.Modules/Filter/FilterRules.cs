// Hot: asked for each request or response that passes the stack.
using System.Numerics;
using Weir.Abstractions.Exchanges;
using Weir.Expressions;

namespace Weir.Modules.Filter;

/// <summary>Rules that are asked at one moment, in their order.</summary>
internal sealed class FilterRules
{
    private readonly FilterRule[] _rules;
    private readonly ConditionSet _conditions;

    public FilterRules(FilterRule[] rules)
    {
        _rules = rules;
        _conditions = new ConditionSet([.. rules.Select(rule => rule.Condition)]);
    }

    /// <summary>How many there are.</summary>
    public int Count => _rules.Length;

    /// <summary>Asks the rules, does what they say, and returns the one that blocks, or null.</summary>
    public FilterRule? Apply(Exchange exchange)
    {
        Span<ulong> candidates = stackalloc ulong[ConditionSet.Words];
        _conditions.FindCandidates(exchange, candidates);
        for (int first = 0; first < _rules.Length; first += 64)
        {
            for (ulong bits = candidates[first >> 6]; bits != 0; bits &= bits - 1)
            {
                FilterRule rule = _rules[first + BitOperations.TrailingZeroCount(bits)];
                if (rule.Apply(exchange))
                {
                    return rule;
                }
            }
        }

        return null;
    }
}
