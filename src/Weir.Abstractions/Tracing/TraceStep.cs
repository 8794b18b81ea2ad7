namespace Weir.Abstractions.Tracing;

/// <summary>One step of an exchange.</summary>
/// <param name="Where">The step's or module's name.</param>
/// <param name="Text">What it read, decided and changed.</param>
/// <param name="TookNs">Nanoseconds, 0 where not measured.</param>
public sealed record TraceStep(string Where, string Text, long TookNs);
