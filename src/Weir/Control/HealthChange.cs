namespace Weir.Control;

/// <summary>One change of a server's health.</summary>
/// <param name="At">When.</param>
/// <param name="Health">What it became.</param>
/// <param name="Reason">Why.</param>
public sealed record HealthChange(DateTimeOffset At, string Health, string Reason);
