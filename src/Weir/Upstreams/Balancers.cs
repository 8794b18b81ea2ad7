using Weir.Config.Model;
using Weir.Pipeline.Balancing;

namespace Weir.Upstreams;

/// <summary>Makes the balancing policy that a configuration names.</summary>
internal static class Balancers
{
    public static IBalancer Of(BalanceConfig config, int loops) =>
        config.Policy == BalancePolicy.RoundRobin ? new RoundRobinBalancer(loops) : new PowerOfTwoBalancer();
}
