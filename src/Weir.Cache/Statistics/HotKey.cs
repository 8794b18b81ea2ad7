namespace Weir.Cache.Statistics;

/// <summary>A stored response that is asked for often.</summary>
/// <param name="Url">Its URL, as it is stored.</param>
/// <param name="Hits">About how many hits it had, at most.</param>
public sealed record HotKey(string Url, long Hits);
