using Weir.Control;
using Weir.Telemetry.Counting;

namespace Weir.Admin.Metrics;

/// <summary>One metric of each cache, labelled with its name.</summary>
/// <param name="Name">The metric's name.</param>
/// <param name="Kind">How it behaves over time.</param>
/// <param name="Help">One sentence for operators.</param>
/// <param name="Read">The value.</param>
public sealed record CacheMetric(string Name, CounterKind Kind, string Help, Func<CacheReport, long> Read);
