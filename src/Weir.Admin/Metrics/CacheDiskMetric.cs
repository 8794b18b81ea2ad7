using Weir.Control;
using Weir.Telemetry.Counting;

namespace Weir.Admin.Metrics;

/// <summary>One metric of each cache's tier on disk, labelled with the cache's name.</summary>
/// <param name="Name">The metric's name.</param>
/// <param name="Kind">How it behaves over time.</param>
/// <param name="Help">One sentence for operators.</param>
/// <param name="Read">The value.</param>
public sealed record CacheDiskMetric(string Name, CounterKind Kind, string Help, Func<CacheDiskReport, long> Read);
