namespace Weir.Telemetry.Counting;

/// <summary>One row of <see cref="CounterFamilies"/>.</summary>
/// <param name="Family">The family.</param>
/// <param name="Name">The metric's name in Prometheus form.</param>
/// <param name="Label">The label that tells the entries apart.</param>
/// <param name="Help">One sentence for operators.</param>
public sealed record CounterFamilyDefinition(CounterFamily Family, string Name, string Label, string Help);
