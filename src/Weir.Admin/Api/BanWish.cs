namespace Weir.Admin.Api;

/// <summary>Whose ban is wished for, or its end.</summary>
/// <param name="Address">An address or a range.</param>
/// <param name="For">For how long: "1h"; null where its end is wished for.</param>
/// <param name="Why">For the list and the log.</param>
public sealed record BanWish(string? Address, string? For = null, string? Why = null);
