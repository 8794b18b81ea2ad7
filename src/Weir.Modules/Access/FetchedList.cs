namespace Weir.Modules.Access;

/// <summary>What became of a fetch.</summary>
/// <param name="Text">The content; null when it is the one from before, or there is a problem.</param>
/// <param name="Tag">Its entity tag.</param>
/// <param name="Problem">Why it cannot be had, as a sentence; null when it can.</param>
internal readonly record struct FetchedList(string? Text, string? Tag, string? Problem);
