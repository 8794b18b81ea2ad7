namespace Weir.Cache.Disk;

/// <summary>How often what shares a counter with a key had changed.</summary>
/// <param name="Tag">The key's.</param>
/// <param name="Count">The count.</param>
internal readonly record struct ChangeStamp(ulong Tag, uint Count);
