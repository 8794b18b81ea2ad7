namespace Weir.Modules.AuthOidc;

/// <summary>What an ID token must hold.</summary>
/// <param name="Nonce">The login's; null: it is for a renewal, which has none.</param>
/// <param name="Subject">The session's; null: there is none yet.</param>
/// <param name="AccessToken">What came with it; null: nothing.</param>
internal readonly record struct ExpectedToken(string? Nonce, string? Subject, string? AccessToken);
