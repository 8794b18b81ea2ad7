namespace Weir.Cache.Disk;

/// <summary>What an entry of the log is.</summary>
internal enum EntryKind : byte
{
    /// <summary>A stored response or a list of variants: a head, and a body behind it or in runs elsewhere.</summary>
    Record = 1,

    /// <summary>A part of a large body; a record names it.</summary>
    Run,

    /// <summary>What was written before for this key is no longer good.</summary>
    Removed,
}
