namespace Weir.Pipeline.Health;

/// <summary>One line of a server's history.</summary>
/// <param name="UnixMs">When, in milliseconds since 1970.</param>
/// <param name="Health">What it became.</param>
/// <param name="Reason">Why, for a person: "connection refused, 3 checks in a row".</param>
public readonly record struct HealthEvent(long UnixMs, ServerHealth Health, string Reason);
