namespace Weir.Admin.Api;

/// <summary>Why the API did not do it.</summary>
/// <param name="Error">What is wrong.</param>
/// <param name="Remedy">What to do.</param>
/// <param name="Nearest">Names that were probably meant, nearest first.</param>
public sealed record ApiError(string Error, string Remedy, IReadOnlyList<string> Nearest);
