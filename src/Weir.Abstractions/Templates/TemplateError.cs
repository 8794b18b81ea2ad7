namespace Weir.Abstractions.Templates;

/// <summary>A mistake in a template.</summary>
/// <param name="Position">Characters from the template's start, from 0.</param>
/// <param name="Cause">What is wrong, as a sentence.</param>
/// <param name="Remedy">What to do, as a sentence.</param>
public sealed record TemplateError(int Position, string Cause, string Remedy);
