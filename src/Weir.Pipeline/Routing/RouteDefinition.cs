namespace Weir.Pipeline.Routing;

/// <summary>One route as written: what it takes, and what it leads to.</summary>
/// <param name="Route">What a lookup returns.</param>
public sealed record RouteDefinition<TRoute>(TRoute Route)
    where TRoute : class
{
    /// <summary>The paths it takes.</summary>
    public PathPattern Path { get; init; } = PathPattern.Any;

    /// <summary>The methods it takes.</summary>
    public MethodSet Methods { get; init; } = MethodSet.Any;

    /// <summary>What else a request must fulfil, asked in this order.</summary>
    public IReadOnlyList<IRouteCondition> Conditions { get; init; } = [];

    internal bool TakesEverything => Path.Kind == PathKind.Any && Methods.IsAny && Conditions.Count == 0;
}
