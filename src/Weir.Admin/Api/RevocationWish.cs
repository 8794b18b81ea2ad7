namespace Weir.Admin.Api;

/// <summary>Which certificate shall be revoked.</summary>
/// <param name="Name">The name that it is kept for.</param>
/// <param name="Reason">Why: a word of the guide; null: unspecified.</param>
public sealed record RevocationWish(string? Name, string? Reason);
