namespace Weir.Control;

/// <summary>A range of addresses that an operator keeps out for a time.</summary>
/// <param name="Range">The range, as text: 203.0.113.7, 2001:db8::/32.</param>
/// <param name="Until">When it is over.</param>
/// <param name="Why">What the operator said.</param>
/// <param name="By">Who it was.</param>
/// <param name="At">When it was decided.</param>
public sealed record Ban(string Range, DateTimeOffset Until, string Why, string By, DateTimeOffset At);
