namespace Weir.Telemetry.Events;

/// <summary>One event that happened. Immutable: it goes to the thread that writes it.</summary>
/// <param name="Event">What happened.</param>
/// <param name="UnixMs">When, in milliseconds since 1970 UTC.</param>
/// <param name="Values">The values of the template, in order.</param>
public sealed record LogRecord(OperatorEvent Event, long UnixMs, LogValue[] Values);
