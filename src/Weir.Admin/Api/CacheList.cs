using Weir.Control;

namespace Weir.Admin.Api;

/// <summary>The caches.</summary>
/// <param name="Caches">Each of them.</param>
public sealed record CacheList(IReadOnlyList<CacheReport> Caches);
