namespace Weir.Control;

/// <summary>What came of a wish that goes to every issuer.</summary>
/// <param name="Issuer">The issuer's name.</param>
/// <param name="Problem">Why not; null: it is done.</param>
public sealed record IssuerOutcome(string Issuer, string? Problem);
