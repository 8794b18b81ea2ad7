using Weir.Control;

namespace Weir.Admin.Api;

/// <summary>What came of changing accounts' keys.</summary>
/// <param name="Issuers">Each issuer where Weir has an account.</param>
public sealed record AccountKeysAnswer(IReadOnlyList<IssuerOutcome> Issuers);
