using Weir.Pipeline.Balancing;
using Weir.Pipeline.Stacks;

namespace Weir.Pipeline.Plans;

/// <summary>A route, compiled. Immutable.</summary>
public sealed class RoutePlan
{
    /// <summary>The route's path pattern or number.</summary>
    public required string Name { get; init; }

    /// <summary>What runs after routing.</summary>
    public CompiledStack Stack { get; init; } = CompiledStack.Empty;

    /// <summary>Where requests go; null when a module always answers, or there is a <see cref="Split"/>.</summary>
    public UpstreamState? Target { get; init; }

    /// <summary>Several destinations by share, instead of one.</summary>
    public SplitPlan? Split { get; init; }

    /// <summary>Whether its requests are refused while there is too much to do.</summary>
    public bool IsLowPriority { get; init; }

    /// <summary>Whether a module of the stack reads the groups of the route's regular expression.</summary>
    public bool UsesCaptures { get; init; }
}
