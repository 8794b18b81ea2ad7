namespace Weir.Pipeline.Routing;

/// <summary>Why a pattern cannot be used.</summary>
/// <param name="Cause">What is wrong, as a sentence that names the offending value.</param>
/// <param name="Remedy">What to do, as a sentence.</param>
public sealed record PatternError(string Cause, string Remedy);
