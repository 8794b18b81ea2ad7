namespace Weir.Config.Model;

/// <summary>A balancing policy.</summary>
public enum BalancePolicy
{
    /// <summary>The less loaded of two servers taken at random.</summary>
    P2c,

    /// <summary>One after the other, by weight.</summary>
    RoundRobin,

    /// <summary>The one with the fewest requests in flight.</summary>
    LeastRequests,

    /// <summary>Any, by weight.</summary>
    Random,

    /// <summary>The one with the lowest moving peak of latency.</summary>
    Latency,
}
