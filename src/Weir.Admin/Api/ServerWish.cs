namespace Weir.Admin.Api;

/// <summary>What a server's state shall be.</summary>
/// <param name="State">ready, drain or down.</param>
/// <param name="Server">UPSTREAM/SERVER; null where the path names it.</param>
public sealed record ServerWish(string? State, string? Server = null);
