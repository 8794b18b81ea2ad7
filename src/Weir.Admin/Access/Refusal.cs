namespace Weir.Admin.Access;

/// <summary>Why a request is not answered.</summary>
/// <param name="Status">The status.</param>
/// <param name="Cause">What is wrong.</param>
/// <param name="Remedy">What to do.</param>
internal sealed record Refusal(int Status, string Cause, string Remedy);
