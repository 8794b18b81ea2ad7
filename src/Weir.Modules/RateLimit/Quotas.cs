// Hot: one decision for each request that passes the stack.
using Weir.Modules.Limiting;

namespace Weir.Modules.RateLimit;

/// <summary>Rates that must all let a request pass.</summary>
internal sealed class Quotas
{
    private readonly Quota[] _all;

    public Quotas(Quota[] all) => _all = all;

    public ReadOnlySpan<Quota> All => _all;

    /// <summary>Spends a token of each rate; where one has none, of none. What is left is of the one that has least.</summary>
    public BucketDecision Spend(ulong key, long nowNs)
    {
        BucketDecision result = new(true, int.MaxValue, 0);
        for (int i = 0; i < _all.Length; i++)
        {
            BucketDecision decision = _all[i].Buckets.Spend(key, nowNs);
            if (!decision.IsAllowed)
            {
                for (int given = 0; given < i; given++)
                {
                    _all[given].Buckets.GiveBack(key);
                }

                return decision;
            }

            result = decision.Left < result.Left ? decision : result;
        }

        return result;
    }

    /// <summary>What <see cref="Spend"/> would say, without spending.</summary>
    public BucketDecision Peek(ulong key, long nowNs)
    {
        BucketDecision result = new(true, int.MaxValue, 0);
        foreach (Quota quota in _all)
        {
            BucketDecision decision = quota.Buckets.Peek(key, nowNs);
            if (!decision.IsAllowed)
            {
                return decision;
            }

            result = decision.Left < result.Left ? decision : result;
        }

        return result;
    }
}
