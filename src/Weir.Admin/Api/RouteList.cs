namespace Weir.Admin.Api;

/// <summary>The routes.</summary>
/// <param name="Routes">Those of all sites, in the order in which they are tried.</param>
public sealed record RouteList(IReadOnlyList<RouteEntry> Routes);
