namespace Weir.Telemetry.Counting;

/// <summary>One row of <see cref="Counters"/>.</summary>
/// <param name="Counter">The counter.</param>
/// <param name="Name">The metric's name in Prometheus form. Rows with the same name are one metric told apart by their label.</param>
/// <param name="Label">The label's name, or "" when the metric has none.</param>
/// <param name="LabelValue">The label's value.</param>
/// <param name="Kind">How it behaves over time.</param>
/// <param name="Unit">What one step stands for.</param>
/// <param name="Help">One sentence for operators.</param>
public sealed record CounterDefinition(
    Counter Counter, string Name, string Label, string LabelValue, CounterKind Kind, CounterUnit Unit, string Help);
