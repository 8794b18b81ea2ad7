namespace Weir.Pipeline.AccessLogging;

/// <summary>A mistake in a format.</summary>
/// <param name="Position">The character at which it begins, from 0.</param>
/// <param name="Cause">What is wrong, as a sentence.</param>
/// <param name="Remedy">What to do, as a sentence.</param>
public sealed record AccessFormatError(int Position, string Cause, string Remedy);
