namespace Weir.Control;

/// <summary>What became of an order to purge.</summary>
/// <param name="Problem">What is wrong; null: it was done in every cache, and is on disk where there is a tier, or it was counted.</param>
/// <param name="Remedy">What to do about it.</param>
/// <param name="Caches">The caches that it was done in.</param>
/// <param name="IsMistake">Whether the order makes no sense, rather than that it could not be done.</param>
public sealed record PurgeReport(string? Problem, string? Remedy, IReadOnlyList<PurgedCache> Caches, bool IsMistake = false);
