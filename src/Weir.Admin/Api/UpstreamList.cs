using Weir.Control;

namespace Weir.Admin.Api;

/// <summary>The upstreams.</summary>
/// <param name="Upstreams">All of them, as the plan in force has them.</param>
public sealed record UpstreamList(IReadOnlyList<UpstreamStatus> Upstreams);
