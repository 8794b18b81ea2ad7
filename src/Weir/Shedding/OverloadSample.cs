namespace Weir.Shedding;

/// <summary>What the process had to do within one period.</summary>
/// <param name="MemoryShare">The larger of two: buffers of limits.memory, the process of the machine's or control group's memory.</param>
/// <param name="LagMs">How long the turn lasts, on average, that an event comes into; of the loop where it is longest.</param>
/// <param name="QueueMs">How long the exchange has waited that waits longest for a server.</param>
internal readonly record struct OverloadSample(double MemoryShare, long LagMs, long QueueMs);
