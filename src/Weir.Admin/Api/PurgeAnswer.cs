using Weir.Control;

namespace Weir.Admin.Api;

/// <summary>What was purged, or would be.</summary>
/// <param name="Caches">The caches that it was purged from.</param>
/// <param name="DryRun">Whether it was only counted.</param>
public sealed record PurgeAnswer(IReadOnlyList<PurgedCache> Caches, bool DryRun);
