namespace Weir.Modules.Tokens;

/// <summary>What a key of a set is called, and what it is for.</summary>
/// <param name="Id">`kid`; null: it has none.</param>
/// <param name="Thumbprint">What RFC 7638 makes of it.</param>
/// <param name="Algorithm">`alg`; null: each of its kind.</param>
internal readonly record struct KeyNames(string? Id, string Thumbprint, string? Algorithm);
