namespace Weir.Pipeline.Routing;

/// <summary>A route that can never match.</summary>
/// <param name="Route">Its number in the list, from 0.</param>
/// <param name="CoveredBy">The number of the earlier route that takes all it could, or the rest of it after others.</param>
/// <param name="Reason">Why, as a sentence that counts routes from 1.</param>
public sealed record UnreachableRoute(int Route, int CoveredBy, string Reason);
