namespace Weir.Cache.Purging;

/// <summary>What purges make of a stored response, and which.</summary>
/// <param name="Verdict">What they make of it.</param>
/// <param name="Until">The number up to which it has been looked at now: the record remembers it.</param>
/// <param name="SoftSeconds">Since when it is stale, in seconds since 1970, where it is to be made so.</param>
/// <param name="Number">The newest purge that touches it; 0: none, or one that is known no more.</param>
public readonly record struct PurgeFinding(PurgeVerdict Verdict, ulong Until, uint SoftSeconds, ulong Number);
