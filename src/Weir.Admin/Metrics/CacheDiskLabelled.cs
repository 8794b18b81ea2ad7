using Weir.Control;
using Weir.Telemetry.Counting;

namespace Weir.Admin.Metrics;

/// <summary>One metric of each cache's tier on disk with a series for each of some words.</summary>
/// <param name="Name">The metric's name.</param>
/// <param name="Label">The label that the words stand in.</param>
/// <param name="Kind">How it behaves over time.</param>
/// <param name="Help">One sentence for operators.</param>
/// <param name="Words">Every word.</param>
/// <param name="Read">The value for a word.</param>
public sealed record CacheDiskLabelled(
    string Name, string Label, CounterKind Kind, string Help, IReadOnlyList<string> Words, Func<CacheDiskReport, string, long> Read);
