using Weir.Pipeline.Balancing;

namespace Weir.Admin.Metrics;

/// <summary>A metric that is 1 for the value that each server has and 0 for the others.</summary>
/// <param name="Name">The metric's name.</param>
/// <param name="Label">The label that the values stand in.</param>
/// <param name="Help">One sentence for operators.</param>
/// <param name="Values">Every value.</param>
/// <param name="Read">The index of the value at a monotonic time in milliseconds.</param>
public sealed record StateMetric(string Name, string Label, string Help, IReadOnlyList<string> Values, Func<ServerState, long, int> Read);
