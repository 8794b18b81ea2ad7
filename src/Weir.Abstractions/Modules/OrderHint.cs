namespace Weir.Abstractions.Modules;

/// <summary>What an order means, for `weir check`.</summary>
/// <param name="Relation">Where this module should stand.</param>
/// <param name="Other">The other module's name.</param>
/// <param name="Why">The consequence of the other order, as a sentence.</param>
public sealed record OrderHint(OrderRelation Relation, string Other, string Why)
{
    /// <summary>
    /// Whether the other order takes a protection away: then it is an error, unless `acknowledge_order: true` stands among the options of
    /// one of the two modules.
    /// </summary>
    public bool IsDangerous { get; init; }
}
