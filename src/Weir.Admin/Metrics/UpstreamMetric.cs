using Weir.Pipeline.Balancing;
using Weir.Telemetry.Counting;

namespace Weir.Admin.Metrics;

/// <summary>One metric of each upstream, labelled with its name.</summary>
/// <param name="Name">The metric's name.</param>
/// <param name="Kind">How it behaves over time.</param>
/// <param name="Help">One sentence for operators.</param>
/// <param name="Read">The value at a monotonic time in milliseconds.</param>
public sealed record UpstreamMetric(string Name, CounterKind Kind, string Help, Func<UpstreamState, long, double> Read);
