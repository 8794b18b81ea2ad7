using Weir.Config.Model;
using Weir.Pipeline.Balancing;

namespace Weir.Pipeline.Plans;

/// <summary>Makes the balancing policy that a configuration names.</summary>
public static class Balancers
{
    /// <summary>The policy.</summary>
    public static IBalancer Of(BalanceConfig config) => config.Hash is { } key
        ? new HashBalancer(key)
        : config.Policy switch
        {
            BalancePolicy.RoundRobin => new RoundRobinBalancer(),
            BalancePolicy.LeastRequests => new LeastRequestsBalancer(),
            BalancePolicy.Random => new RandomBalancer(),
            BalancePolicy.Latency => new LatencyBalancer(),
            _ => new PowerOfTwoBalancer(),
        };
}
