namespace Weir.Admin.Api;

/// <summary>Which certificate shall be renewed.</summary>
/// <param name="Name">The name that it is kept for.</param>
public sealed record RenewalWish(string? Name);
